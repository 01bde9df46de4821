/// The name that a file has among the claims: its number, and its path below the inbox in one word, as in
/// `7-procore%2Fprojects.json`. The file keeps no folder of its own, so that one rename takes it, whole or not at all.
enum ClaimName {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The name of a claim.
    static func name(intake: Int, path: RelativePath) -> [UInt8] {
        var name = Array("\(intake)-".utf8)
        for byte in path.bytes {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "%"):
                name += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: name.append(byte)
            }
        }
        return name
    }

    /// What a name says: the number, and the path; no path where it is that of a claim's own folder.
    /// - Returns: nil where it is neither.
    static func read(_ name: [UInt8]) -> (intake: Int, path: RelativePath?)? {
        let number = name.prefix { (0x30...0x39).contains($0) }
        guard let intake = Int(String(decoding: number, as: UTF8.self)) else { return nil }
        var rest = name[number.endIndex...]
        guard !rest.isEmpty else { return (intake, nil) }
        guard rest.popFirst() == UInt8(ascii: "-"), !rest.isEmpty else { return nil }
        var path: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                path.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digits.firstIndex),
                let low = rest.popFirst().flatMap(digits.firstIndex)
            else { return nil }
            path.append(UInt8(high << 4 | low))
        }
        return (intake, RelativePath(path))
    }
}
