import Domain
import Testing

@testable import Procore

/// The verdicts of the suite "Parsing JSON is a minefield" by Nicolas Seriot.
@Suite struct JSONScannerTests {
    /// Whether the bytes are one JSON value with nothing but white space around it.
    private func isJSON(_ bytes: [UInt8]) -> Bool {
        let space: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        let start = bytes.firstIndex { !space.contains($0) } ?? bytes.count
        var nodes: [JSONNode] = []
        do {
            let end = try bytes.withUnsafeBufferPointer { buffer throws(JSONScanner.Stop) in
                try JSONScanner.scan(buffer, at: start, isEnd: true, nodes: &nodes)
            }
            return bytes[end...].allSatisfy(space.contains)
        } catch {
            return false
        }
    }

    // needs ../shared
    @Test(.enabled(if: Shared.exists(Shared.json)), arguments: Shared.names(Shared.json, ".json"))
    func verdict(_ name: String) throws {
        let bytes = try Shared.bytes(Shared.json, name)
        let verdict = isJSON(bytes)
        if name.hasPrefix("y_") { #expect(verdict) }
        if name.hasPrefix("n_") { #expect(!verdict) }
        // Reading it as an export ends, and differs by nothing but the shapes that exports have.
        for chunk in [1, 3, .max] where bytes.count < 10_000 || chunk == .max {
            do {
                _ = try elements(bytes, chunk: chunk)
            } catch {
                #expect(error is Problem)
                continue
            }
            let isLines = try elements(bytes).shape == .lines
            let hasMark = bytes.starts(with: [0xef, 0xbb, 0xbf])
            #expect(verdict || isLines || hasMark)
        }
    }

    @Test(arguments: [
        #"["\ud800"]"#, #"["\ud800x"]"#, #"["\udc00"]"#, #"["\ud800\u0041"]"#, #"["\uD83D\uD83D"]"#,
    ]) func loneSurrogatesAreRefused(_ text: String) {
        #expect(!isJSON(Array(text.utf8)))
    }

    @Test(
        arguments: [
            [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff], [0x80], [0xe2, 0x82],
            [0xf0, 0x80, 0x80, 0x80],
        ] as [[UInt8]]) func invalidUTF8IsRefused(_ bytes: [UInt8])
    {
        #expect(!isJSON([0x22] + bytes + [0x22]))
    }

    @Test func nestingEndsAtItsLimit() {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5b, count: depth) + [UInt8](repeating: 0x5d, count: depth)
        }
        #expect(isJSON(nested(JSONScanner.depthLimit)))
        #expect(!isJSON(nested(JSONScanner.depthLimit + 1)))
    }
}
