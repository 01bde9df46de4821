import CLibXML2
import Domain

/// Why a document cannot be read, in words.
enum XMLProblem {
    /// What libxml2 said first.
    struct Complaint {
        let code: UInt32
        let line: Int
        let message: String
        /// Whether everything had been read by then.
        let atEnd: Bool
    }

    static let remedy =
        "Send the request again or export the response again, and drop the complete file."

    private static let dropAsWritten = "Drop the response as QuickBooks wrote it."

    static var empty: Problem {
        Problem(what: "The file holds no XML document.", remedy: remedy)
    }

    static var notXML: Problem {
        Problem(what: "The file begins with something else than XML.", remedy: remedy)
    }

    static func malformed(_ complaint: Complaint?, line: Int, rootClosed: Bool) -> Problem {
        guard let complaint else { return cutShort(line: line, said: "") }
        let line = max(complaint.line, 1)
        let said = plain(complaint.message)
        if complaint.atEnd, !rootClosed, cutShortCodes.contains(complaint.code) {
            // libxml2 has one message for both when a short file arrives in one piece.
            let either = complaint.code == XML_ERR_DOCUMENT_END.rawValue
            return cutShort(line: line, said: said, orGoesOn: either)
        }
        let meaning =
            if complaint.message.contains("not proper UTF-8") {
                notText
            } else { meaning(complaint.code) }
        return Problem(what: "The XML cannot be read at line \(line)\(meaning)\(said).", remedy: remedy)
    }

    private static let notText = ", where bytes stand that are not text"

    static func cutShort(line: Int, said: String, orGoesOn: Bool = false) -> Problem {
        let either = orGoesOn ? " or goes on after its end" : ""
        return Problem(
            what: "The file ends before the XML is complete\(either), at line \(line)\(said).", remedy: remedy)
    }

    static func tooDeep(line: Int, _ deepest: Int = Int(XMLDocumentReader.deepest)) -> Problem {
        Problem(
            what: "The XML nests deeper than \(deepest) elements at line \(line), "
                + "which no QuickBooks response does.",
            remedy: dropAsWritten)
    }

    static func tooLong(_ name: String, line: Int) -> Problem {
        Problem(
            field: name,
            what: "The element \(name) that ends at line \(line) holds more text than any QuickBooks field can.",
            remedy: dropAsWritten)
    }

    static func manyAttributes(line: Int) -> Problem {
        Problem(
            what: "The element at line \(line) has more than \(TagLimits.mostAttributes) attributes, "
                + "which no QuickBooks response does.",
            remedy: dropAsWritten)
    }

    static func longTag(line: Int) -> Problem {
        Problem(
            what: "The tag at line \(line) is longer than \(TagLimits.longestTag) bytes, "
                + "which no QuickBooks response has.",
            remedy: dropAsWritten)
    }

    static func largeObject(_ name: String, line: Int) -> Problem {
        Problem(
            field: name,
            what: "The object \(name) has more than \(XMLDocumentReader.mostElements) elements, or more than "
                + "\(XMLDocumentReader.longestObject) bytes of text, at line \(line), which no QuickBooks object does.",
            remedy: dropAsWritten)
    }

    static var longName: Problem {
        Problem(
            what:
                "The name of an element is longer than \(XMLPushReader.longestName) bytes, which no QuickBooks name is.",
            remedy: remedy)
    }

    static func manyColumns(line: Int) -> Problem {
        Problem(
            what: "The report at line \(line) has more than \(ResponseReader.mostColumns) columns.",
            remedy: dropAsWritten)
    }

    static func longFile(_ most: Int) -> Problem {
        Problem(
            what: "The file is longer than \(most) bytes.",
            remedy: "Ask QuickBooks for less at a time, and drop the responses one by one.")
    }

    static var documentType: Problem {
        Problem(
            what: "The XML declares a document type (DOCTYPE), which no QuickBooks response does; it was not read.",
            remedy: dropAsWritten)
    }

    private static let cutShortCodes: Set<UInt32> = Set(
        [
            XML_ERR_TAG_NOT_FINISHED, XML_ERR_GT_REQUIRED, XML_ERR_DOCUMENT_END, XML_ERR_DOCUMENT_EMPTY,
            XML_ERR_XMLDECL_NOT_FINISHED, XML_ERR_PI_NOT_FINISHED, XML_ERR_COMMENT_NOT_FINISHED,
            XML_ERR_CDATA_NOT_FINISHED, XML_ERR_ATTRIBUTE_NOT_FINISHED, XML_ERR_ATTRIBUTE_NOT_STARTED,
            XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_ERR_NAME_REQUIRED, XML_ERR_LTSLASH_REQUIRED,
            XML_ERR_ENTITYREF_SEMICOL_MISSING, XML_ERR_INVALID_CHARREF, XML_ERR_INVALID_DEC_CHARREF,
            XML_ERR_PI_NOT_STARTED, XML_ERR_SPACE_REQUIRED, XML_ERR_LT_REQUIRED, XML_ERR_INTERNAL_ERROR,
        ].map(\.rawValue))

    private static func meaning(_ code: UInt32) -> String {
        switch code {
        case XML_ERR_TAG_NAME_MISMATCH.rawValue: ", where an element is closed by the wrong name"
        case XML_ERR_INVALID_CHAR.rawValue, XML_ERR_INVALID_CHARREF.rawValue:
            ", where a character stands that XML does not allow"
        case XML_ERR_INVALID_ENCODING.rawValue, XML_ERR_UNKNOWN_ENCODING.rawValue: notText
        case XML_ERR_UNDECLARED_ENTITY.rawValue, XML_WAR_UNDECLARED_ENTITY.rawValue:
            ", where a name after & stands for nothing"
        case XML_ERR_NAME_REQUIRED.rawValue, XML_ERR_LT_IN_ATTRIBUTE.rawValue: ", where & or < stands unescaped"
        case XML_ERR_DOCUMENT_END.rawValue: ", where it goes on after its end"
        default: ""
        }
    }

    /// The library's words, on one line, of printable characters, and short.
    private static func plain(_ message: String) -> String {
        let words = message.split { $0.isWhitespace }.joined(separator: " ")
        let shown = String(
            words.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(160).map(Character.init))
        return shown.isEmpty ? "" : " (\(shown))"
    }
}
