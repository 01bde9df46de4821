import Domain
import Seeds
import SyncLedger
import Testing

@testable import Pipeline

/// What of a long receipt is written in pieces.
@Suite struct LongReceiptTests {
    private func passed(_ text: [UInt8], _ random: inout Seeded, endingIn other: [UInt8]) -> [UInt8] {
        var end = ReplacedEnd(FileFates.receiptEnd)
        var passed: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(random.int(1...7)))
            rest = rest.dropFirst(piece.count)
            piece.withUnsafeBytes { end.take($0) { passed += Array($0) } }
        }
        end.finish(other) { passed += Array($0) }
        return passed
    }

    @Test(arguments: Seeded.seeds) func theEndIsReplacedWhereverAPieceEnds(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        for _ in 0..<500 {
            let start = Array(random.text(atMost: 20).utf8) + (random.oneIn(3) ? FileFates.receiptEnd : [])
            let fates = FileFates()
            let text = start + Array("}\n}\n".utf8)
            #expect(passed(text, &random, endingIn: fates.addition) == fates.added(to: text))
            let other = start + Array("} ".utf8)
            #expect(passed(other, &random, endingIn: fates.addition) == other)
            #expect(fates.added(to: other) == other)
        }
    }
}
