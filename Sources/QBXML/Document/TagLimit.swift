import Domain

/// Refuses a tag that is longer than any of QuickBooks', before an XML parser sees it: libxml2 compares each attribute
/// with every other one of its tag, so that a small file could keep it busy for hours.
struct TagLimit {
    /// Bytes of one tag at the most. QuickBooks' longest is that of a message with a statusMessage, some hundred bytes.
    static let longest = 16_384

    private enum Place: Equatable {
        case text, opened, tag
        case quoted(UInt8)
    }

    private var place = Place.text
    private var length = 0

    /// Looks at the next bytes of the document.
    /// - Throws: a `Problem`.
    mutating func check(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while let first = rest.first {
            switch place {
            case .text:
                guard let open = rest.firstIndex(of: UInt8(ascii: "<")) else { return }
                rest = rest[(open + 1)...]
                (place, length) = (.opened, 0)
            case .opened:
                // Comments, CDATA and instructions have no attributes.
                place = first == UInt8(ascii: "!") || first == UInt8(ascii: "?") ? .text : .tag
            case .tag, .quoted:
                try walk(&rest)
            }
        }
    }

    private mutating func walk(_ rest: inout ArraySlice<UInt8>) throws {
        for index in rest.indices {
            let byte = rest[index]
            length += 1
            guard length <= Self.longest else { throw XMLTrouble.tagTooLong }
            switch place {
            case .quoted(byte): place = .tag
            case .tag where byte == UInt8(ascii: ">"):
                place = .text
                rest = rest[(index + 1)...]
                return
            case .tag where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"): place = .quoted(byte)
            default: break
            }
        }
        rest = []
    }
}
