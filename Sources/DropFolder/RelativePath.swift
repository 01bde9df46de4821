/// A path below a folder, as the bytes that Linux keeps: names from Windows clients need not be UTF-8.
public struct RelativePath: Sendable, Hashable, Comparable {
    /// The bytes, parts separated by `/`.
    public let bytes: [UInt8]

    /// A path of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A path of this text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The path of something in the folder that this path names.
    public func appending(_ name: [UInt8]) -> RelativePath {
        RelativePath(bytes.isEmpty ? name : bytes + [0x2f] + name)
    }

    /// The last part.
    public var name: [UInt8] {
        bytes.lastIndex(of: 0x2f).map { Array(bytes[($0 + 1)...]) } ?? bytes
    }

    /// Everything before the last part; empty at the top.
    public var folder: RelativePath {
        RelativePath(bytes.lastIndex(of: 0x2f).map { Array(bytes[..<$0]) } ?? [])
    }

    /// Whether it is somewhere in a folder.
    public func isBelow(_ folder: RelativePath) -> Bool {
        bytes.starts(with: folder.bytes + [0x2f])
    }

    /// The path safe to show, on one line: control characters and bytes that are no UTF-8 are written as `\x1b`.
    public var shown: String {
        if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return String(decoding: bytes, as: UTF8.self) }
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
            if let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first,
                !Self.unshown.contains(scalar.properties.generalCategory)
            {
                text.unicodeScalars.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                text += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    private static let unshown: Set<Unicode.GeneralCategory> = [
        .control, .format, .lineSeparator, .paragraphSeparator,
    ]

    /// In the order of the bytes, whatever the locale.
    public static func < (left: RelativePath, right: RelativePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension RelativePath {
    /// `folder/name~2.json` of `folder/name.json`
    func numbered(_ number: Int) -> RelativePath {
        inserting("~\(number)")
    }

    /// Puts text before the ending, and keeps the name so short that it fits into the 255 bytes which Linux allows
    /// with `.problem.txt` behind it: where names begin alike, their problem files must not be one.
    func inserting(_ text: String) -> RelativePath {
        let name = name
        let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
        let ending = Array(name[dot...].prefix(40))
        var stem = Array(name[..<dot]).wholeCharacters(atMost: 243 - ending.count - text.utf8.count)
        // Half an id, as in `project-225906`, would be another one's.
        if stem.count < dot { while let last = stem.last, (48...57).contains(last) { stem.removeLast() } }
        return folder.appending(stem + Array(text.utf8) + ending)
    }
}

extension [UInt8] {
    /// The first bytes, without cutting a UTF-8 character in two.
    func wholeCharacters(atMost most: Int) -> [UInt8] {
        guard count > most else { return self }
        var end = most
        while end > 0, end > most - 3, self[end] & 0xc0 == 0x80 { end -= 1 }
        return Array(self[..<end])
    }
}
