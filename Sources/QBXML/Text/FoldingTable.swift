import Domain
import Foundation

/// What stands for the characters that QuickBooks lacks, or that it mishandles.
enum FoldingTable {
    // swift-format-ignore
    static let punctuation: [Unicode.Scalar: String] = [
        "\u{2018}": "'",   "\u{2019}": "'",   "\u{201A}": "'",   "\u{201B}": "'",   "\u{2032}": "'",   "\u{02BC}": "'",
        "\u{02B9}": "'",   "\u{201C}": "\"",  "\u{201D}": "\"",  "\u{201E}": "\"",  "\u{201F}": "\"",  "\u{2033}": "\"",
        "\u{2039}": "<",   "\u{203A}": ">",   "\u{2010}": "-",   "\u{2011}": "-",   "\u{2012}": "-",   "\u{2013}": "-",
        "\u{2014}": "-",   "\u{2015}": "-",   "\u{2212}": "-",   "\u{2043}": "-",   "\u{2026}": "...", "\u{2025}": "..",
        "\u{2022}": "*",   "\u{2023}": "*",   "\u{2219}": "*",   "\u{25CF}": "*",   "\u{25AA}": "*",   "\u{25A0}": "*",
        "\u{25E6}": "*",   "\u{00A0}": " ",   "\u{1680}": " ",   "\u{2000}": " ",   "\u{2001}": " ",   "\u{2002}": " ",
        "\u{2003}": " ",   "\u{2004}": " ",   "\u{2005}": " ",   "\u{2006}": " ",   "\u{2007}": " ",   "\u{2008}": " ",
        "\u{2009}": " ",   "\u{200A}": " ",   "\u{202F}": " ",   "\u{205F}": " ",   "\u{3000}": " ",   "\u{2044}": "/",
        "\u{2215}": "/",   "\u{2190}": "<-",  "\u{2192}": "->",  "\u{2194}": "<->", "\u{21D2}": "=>",
    ]

    // swift-format-ignore
    static let fractions: [Unicode.Scalar: String] = [
        "⅐": "1/7", "⅑": "1/9", "⅒": "1/10", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
        "⅙": "1/6", "⅚": "5/6", "⅛": "1/8",  "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
    ]

    // Letters that do not fall apart into a letter and an accent, or whose nearest kin in Windows-1252 has another one.
    // swift-format-ignore
    static let letters: [Unicode.Scalar: String] = [
        "ł": "l",  "Ł": "L",  "đ": "d",  "Đ": "D",  "ħ": "h",  "Ħ": "H",  "ı": "i",  "ŧ": "t",  "Ŧ": "T",  "ŀ": "l",
        "Ŀ": "L",  "ŋ": "n",  "Ŋ": "N",  "ĸ": "k",  "ŉ": "'n", "ſ": "s",  "ő": "ö",  "Ő": "Ö",  "ű": "ü",  "Ű": "Ü",
        "ư": "u",  "Ư": "U",  "ơ": "o",  "Ơ": "O",  "ə": "e",  "Ə": "E",  "ĳ": "ij", "Ĳ": "IJ", "ǆ": "dž", "ẞ": "ß",
        "ɓ": "b",  "ɗ": "d",  "ȷ": "j",  "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
        "≤": "<=", "≥": ">=", "⌀": "Ø",  "∅": "Ø",  "№": "No.", "℠": "SM", "μ": "µ",  "℃": "°C", "℉": "°F", "∼": "~",
        "⁰": "0",  "⁴": "4",  "₁": "1",  "₂": "2",  "₃": "3",  "₄": "4",  "∕": "/",  "ʻ": "'",  "ʿ": "'",
    ]

    /// Whether a character shows nothing, so that taking it out changes nothing.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xad, 0x34f, 0x61c, 0x180e, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfe00...0xfe0f, 0xfeff,
            0xfff9...0xfffb, 0xe0000...0xe007f:
            true
        default:
            scalar.value & 0xfffe == 0xfffe
        }
    }

    /// The letter with as many of its accents as Windows-1252 has; nil where even the bare letter is missing.
    static func withoutAccents(_ scalar: Unicode.Scalar) -> String? {
        // Letters of full width, from East Asian keyboards, are the plain ones.
        if (0xff01...0xff5e).contains(scalar.value), let plain = Unicode.Scalar(scalar.value - 0xfee0) {
            return String(plain)
        }
        // A loose accent that found no letter to sit on.
        if isAccent(scalar) { return "" }
        var scalars = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
        guard scalars.count > 1, scalars.dropFirst().allSatisfy(isAccent) else { return nil }
        // The marks of Vietnamese and the like come in fixed order; the first two orders cover every letter.
        let reordered = [scalars[0]] + scalars.dropFirst().reversed()
        for candidate in [scalars, reordered] {
            scalars = candidate
            while scalars.count > 1 {
                scalars.removeLast()
                if let letter = known(scalars) { return letter }
            }
        }
        return nil
    }

    private static func known(_ scalars: [Unicode.Scalar]) -> String? {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        let composed = String(text).precomposedStringWithCanonicalMapping
        let scalars = Array(composed.unicodeScalars)
        guard scalars.count == 1 else { return nil }
        if let other = letters[scalars[0]] { return other }
        return Windows1252.contains(scalars[0]) ? composed : nil
    }

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        (0x300...0x36f).contains(scalar.value)
    }

    static func unknown(_ scalar: Unicode.Scalar) -> Problem {
        let number = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        if scalar.value == 0xfffd {
            return Problem(
                what: "The text holds a replacement mark (\(code)): a letter was lost before it came here.",
                remedy: "Type the letter again in Procore, and export again.")
        }
        let name = scalar.properties.name.map { ", \($0.lowercased())" } ?? ""
        return Problem(
            what: "QuickBooks cannot store the character \(scalar) (\(code)\(name)).",
            remedy: "Write it in Latin letters in Procore, and export again.")
    }
}
