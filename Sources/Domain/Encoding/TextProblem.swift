/// Why the bytes of a file are no text, in words.
enum TextProblem {
    private static let remedy =
        "Open the file in the program that made it, save it as UTF-8, and drop the new file; if it was copied or "
        + "downloaded, do that again first."

    /// - Parameter place: `line 12`, or `byte 4711` where lines cannot be counted.
    static func unusedByte(_ byte: UInt8, _ place: String) -> Problem {
        Problem(
            what: "The byte 0x\(String(byte, radix: 16, uppercase: true)) in \(place) stands for no character: "
                + "the file is written neither in UTF-8 nor in Windows-1252.",
            remedy: remedy)
    }

    static func mixture(_ place: String) -> Problem {
        Problem(
            what:
                "The file is written partly in Windows-1252 and partly in UTF-8: \(place) is UTF-8, and text before it "
                + "is not.",
            remedy:
                "Correct the garbled characters in an editor or spreadsheet, save the file as UTF-8, and drop it again."
        )
    }

    static func encoding(_ name: String, _ place: String? = nil) -> Problem {
        Problem(
            what:
                "The file says that it is written in \(name)\(place.map { ", and from \($0) on it is not UTF-8" } ?? ""); "
                + "what can be read is UTF-8, UTF-16 and Windows-1252.",
            remedy: remedy)
    }

    static func halfPair(line: Int) -> Problem {
        Problem(
            what: "The file, which is written in UTF-16, holds half of a surrogate pair alone in line \(line): "
                + "that is no text.",
            remedy: remedy)
    }

    static func halfUnit(line: Int) -> Problem {
        Problem(
            what: "The file, which is written in UTF-16, ends in the middle of a character, in line \(line): "
                + "it was probably not copied completely.",
            remedy: "Export or copy it again, and drop the complete file.")
    }

    /// Said where the bytes do not tell for certain what they mean.
    static func assumed(_ declared: DeclaredEncoding) -> Note {
        let why =
            declared.name.map { "says that it is written in \($0), but it is not," } ?? "is not written in UTF-8,"
        return Note(
            what:
                "The file \(why) so it was read as Windows-1252, which Windows programs write. If letters with accents "
                + "came out wrong, save it as UTF-8 and drop it again.")
    }

    /// Said where a name that is honestly meant was not followed.
    static func overruled(_ name: String) -> Note {
        Note(what: "The file says that it is written in \(name), but all of it is UTF-8, and it was read as that.")
    }
}
