import Domain
import Testing

/// Memory in which one thing is written behind the other.
@Suite struct ByteStoreTests {
    @Test(arguments: [0, 3, 64]) func itGrowsAsItIsWritten(_ capacity: Int) {
        var store = ByteStore(capacity: capacity)
        var expected: [UInt8] = []
        for number in 0..<40 {
            let piece = [UInt8](repeating: UInt8(number), count: number * 7 % 31)
            let place = store.add(piece)
            #expect(place == expected.count..<expected.count + piece.count)
            expected += piece
        }
        #expect(store.bytes == expected)
        #expect(store.lend { Array($0) } == expected)
    }

    /// Less may be written than was asked for, and places count from the start of all.
    @Test func whatIsNotWrittenIsNotThere() {
        var store = ByteStore(capacity: 4)
        _ = store.add(Array("abc".utf8))
        let places = store.add(20) { cursor in [cursor.put(Array("de".utf8)), cursor.put(Array("f".utf8))] }
        #expect(places == [3..<5, 5..<6])
        #expect(store.bytes == Array("abcdef".utf8))
        store.cut(to: 4)
        _ = store.add(Array("X".utf8))
        #expect(store.take() == Array("abcdX".utf8))
        #expect(store.count == 0 && store.bytes.isEmpty)
        #expect(store.add(Array("Y".utf8)) == 0..<1)
    }
}
