import Domain
import Testing

@testable import QBXML

@Suite struct TagLimitTests {
    private func check(_ text: String, by size: Int) throws {
        var limit = TagLimit()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try limit.check(Array(bytes[start..<min(start + size, bytes.count)]))
        }
    }

    @Test(arguments: [7, 4_096, 1 << 20])
    func aTagIsMeasuredWhereverTheChunksEnd(size: Int) throws {
        let fits = String(repeating: "a", count: TagLimit.longest - 7)
        try check("<x y='\(fits)'></x>" + String(repeating: "long text ' \" ", count: 400) + "<z/>", by: size)
        #expect(throws: Problem.self) { try check("<x y='\(fits)aaa'></x>", by: size) }
        // A bracket within quotes ends nothing.
        #expect(throws: Problem.self) {
            try check("<x " + (0..<3_000).map { "a\($0)='>' " }.joined() + "/>", by: size)
        }
        try check("<x y='>' z=\"'\"/><!-- ' \(fits) \(fits) --><?a \" \(fits) \(fits)?><z/>", by: size)
    }
}
