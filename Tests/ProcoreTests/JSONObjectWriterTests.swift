import Procore
import Seeds
import Testing

/// What is written member by member is what a value of the same members gives.
@Suite struct JSONObjectWriterTests {
    @Test(arguments: Seeded.seeds) func bothFormsAreThoseOfAValue(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        for round in 0..<1_500 {
            let depth = round % 6
            var writer = JSONObjectWriter(depth: depth)
            var members: [(key: String, value: JSONValue)] = []
            for member in 0..<Int.random(in: 0...6, using: &random) {
                let (key, text) = (random.text(atMost: 8), random.text(atMost: 30))
                if member % 3 == 2 {
                    writer.add(key, number: String(round))
                    members.append((key, .number(String(round))))
                } else {
                    writer.add(key, text)
                    members.append((key, .string(text)))
                }
            }
            writer.end()
            let value = JSONValue.object(members)
            #expect(writer.pretty == value.bytes(pretty: true, depth: depth))
            #expect(writer.compact == value.bytes(pretty: false))
            #expect(writer.compact == JSONValue.compact(writer.pretty))
        }
    }
}
