/// How the copy of a file's refused records is called, and what it is called again once it is taken back.
///
/// Folder and name say what the records belong to (`project-225906`, `commitment-786001`), so neither is ever cut: half an
/// id would be another one's.
enum RejectedName {
    private static let mark = Array(".rejected".utf8)
    /// Names up to this many bytes, without their ending, leave room in 255 for `.rejected~99.ndjson.problem.txt`.
    static let longest = 200
    /// What the copy is called in a folder that has the long name of its file.
    static let inFolder = Array("records".utf8)

    /// `procore/vendors.rejected.json` of `procore/vendors.json`; of a very long name `procore/NAME/records.rejected.json`.
    /// - Parameter ending: json, ndjson or csv.
    static func copy(of path: RelativePath, ending: String) -> RelativePath {
        let name = path.name
        let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
        let stem = Array(name[..<dot])
        let ending = mark + Array(".\(ending)".utf8)
        guard stem.count > longest else { return path.folder.appending(stem + ending) }
        return path.folder.appending(stem).appending(inFolder + ending)
    }

    /// Whether a name is that of a copy.
    static func isCopy(_ name: [UInt8]) -> Bool { taken(name) != name }

    /// The name under which a copy is taken back, `vendors.json` of `vendors.rejected~2.json`; any other stays.
    static func taken(_ name: [UInt8]) -> [UInt8] {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")),
            ["json", "ndjson", "csv"].contains(String(decoding: name[(dot + 1)...], as: UTF8.self))
        else { return name }
        var stem = name[..<dot]
        if let number = stem.lastIndex(of: UInt8(ascii: "~")) {
            let digits = stem[(number + 1)...]
            if !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) { stem = stem[..<number] }
        }
        guard stem.count > mark.count, stem.suffix(mark.count).elementsEqual(mark) else { return name }
        return Array(stem.dropLast(mark.count)) + name[dot...]
    }
}
