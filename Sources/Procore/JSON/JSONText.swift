/// The text that stands between the quotes of a JSON string, escapes resolved.
///
/// The scanner has checked that every escape is whole and every surrogate paired.
func jsonText(_ written: ArraySlice<UInt8>) -> String {
    guard written.contains(UInt8(ascii: "\\")) else { return String(decoding: written, as: UTF8.self) }
    var units: [UInt8] = []
    units.reserveCapacity(written.count)
    var rest = written
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
            units.append(byte)
            continue
        }
        switch letter {
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0c)
        case UInt8(ascii: "n"): units.append(0x0a)
        case UInt8(ascii: "r"): units.append(0x0d)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"):
            var code = takeHexadecimal(&rest)
            if (0xd800...0xdbff).contains(code) {
                rest = rest.dropFirst(2)
                code = 0x10000 + (code - 0xd800) << 10 + (takeHexadecimal(&rest) & 0x3ff)
            }
            if let scalar = Unicode.Scalar(code) { units.append(contentsOf: Character(scalar).utf8) }
        default: units.append(letter)
        }
    }
    return String(decoding: units, as: UTF8.self)
}

/// The four digits behind `\u`.
private func takeHexadecimal(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xfffd
}
