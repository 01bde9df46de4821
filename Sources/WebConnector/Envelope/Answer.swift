/// What a call is answered with.
public enum Answer: Sendable, Equatable {
    /// One text.
    case text(String)
    /// `authenticate`: a ticket, and a word or a company file.
    case strings([String])
    /// `receiveResponseXML`: a number.
    case number(Int)
}

/// Writes answers: one line, the same bytes every time.
///
/// The Web Connector refuses what ASP.NET would not write, so this is what ASP.NET writes: Intuit's name space as the
/// default one, never a prefix; elements written out where they are empty; nothing in front of the declaration, nothing
/// behind the last tag, no white space between elements.
/// - Sources: SOAP 1.1; Intuit's WSDL; failures in public threads, such as RappidDevelopment/quickbooks-js#28 (an empty
///   `string` left out), inossidabile/wash_out#73 (names in the wrong case), consolibyte/quickbooks-php#248 (bytes in
///   front).
enum AnswerWriter {
    /// Intuit's name space; the slash at its end is part of it.
    static let nameSpace = "http://developer.intuit.com/"

    private static let head =
        #"<?xml version="1.0" encoding="utf-8"?>"#
        + #"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/""#
        + #" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">"#
        + "<soap:Body>"
    private static let foot = "</soap:Body></soap:Envelope>"

    /// What stands in front of a result.
    static func opening(_ call: Call) -> [UInt8] {
        let name = call.rawValue
        return Array((head + "<" + name + "Response xmlns=\"" + nameSpace + "\"><" + name + "Result>").utf8)
    }

    /// What stands behind it.
    static func closing(_ call: Call) -> [UInt8] {
        Array(("</" + call.rawValue + "Result></" + call.rawValue + "Response>" + foot).utf8)
    }

    /// An envelope around a body.
    static func inEnvelope(_ body: [UInt8]) -> [UInt8] { Array(head.utf8) + body + Array(foot.utf8) }

    /// A whole answer.
    static func bytes(_ call: Call, _ answer: Answer) -> [UInt8] {
        var bytes = opening(call)
        switch answer {
        case .text(let text): bytes += escaped(text)
        case .number(let number): bytes += Array(String(number).utf8)
        case .strings(let texts):
            for text in texts { bytes += Array("<string>".utf8) + escaped(text) + Array("</string>".utf8) }
        }
        return bytes + closing(call)
    }

    /// The answer to a call that hands out a document.
    static func bytes(_ call: Call, document: [UInt8]) -> [UInt8] {
        opening(call) + Escaping.escaped(document) + closing(call)
    }

    /// A fault, for what is no call at all: SOAP 1.1, section 4.4.
    /// - Parameter isClients: whether the request is wrong, rather than the machine here.
    static func fault(_ sentence: String, isClients: Bool) -> [UInt8] {
        let code = isClients ? "soap:Client" : "soap:Server"
        return Array((head + "<soap:Fault><faultcode>\(code)</faultcode><faultstring>").utf8) + escaped(sentence)
            + Array(("</faultstring></soap:Fault>" + foot).utf8)
    }

    /// A text of ours, escaped. What XML cannot write at all becomes a blank.
    static func escaped(_ text: String) -> [UInt8] {
        let scalars = text.unicodeScalars.map { scalar in
            let isAllowed = scalar.value >= 0x20 || [0x09, 0x0a, 0x0d].contains(scalar.value)
            return isAllowed && scalar.value != 0xfffe && scalar.value != 0xffff ? scalar : " "
        }
        return Escaping.escaped(Array(String(String.UnicodeScalarView(scalars)).utf8))
    }
}

/// Escapes UTF-8 on its way into an element.
enum Escaping {
    /// The bytes with `&`, `<`, `>` and carriage returns escaped. A carriage return would not survive otherwise.
    static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { bytes in
            let length = bytes.count + growth(bytes)
            return [UInt8](unsafeUninitializedCapacity: length) { out, count in
                for byte in bytes {
                    let reference: StaticString
                    switch byte {
                    case UInt8(ascii: "&"): reference = "&amp;"
                    case UInt8(ascii: "<"): reference = "&lt;"
                    case UInt8(ascii: ">"): reference = "&gt;"
                    case 0x0d: reference = "&#13;"
                    default:
                        out[count] = byte
                        count += 1
                        continue
                    }
                    for place in 0..<reference.utf8CodeUnitCount { out[count + place] = reference.utf8Start[place] }
                    count += reference.utf8CodeUnitCount
                }
            }
        }
    }

    /// How many bytes more the escaped bytes have.
    static func growth(_ bytes: UnsafeRawBufferPointer) -> Int {
        var more = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "&"), 0x0d: more += 4
            case UInt8(ascii: "<"), UInt8(ascii: ">"): more += 3
            default: break
            }
        }
        return more
    }
}
