/// What the lines `NAME=VALUE` of a small file say.
func fields(of bytes: some Sequence<UInt8>) -> [String: String] {
    var fields: [String: String] = [:]
    for line in Array(bytes).split(separator: UInt8(ascii: "\n")) {
        guard let sign = line.firstIndex(of: UInt8(ascii: "=")), sign > line.startIndex,
            line.index(after: sign) < line.endIndex
        else { continue }
        fields[String(decoding: line[..<sign], as: UTF8.self)] = String(decoding: line[(sign + 1)...], as: UTF8.self)
    }
    return fields
}
