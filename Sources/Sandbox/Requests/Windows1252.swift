import Foundation
import QBXML

/// The characters that QuickBooks can store. Of all others it makes question marks, as the sandbox does.
enum Windows1252 {
    /// An element with nothing but characters that can be stored.
    static func storable(_ element: Element) -> Element {
        var stored = element
        stored.text = storable(element.text)
        stored.children = element.children.map(storable)
        return stored
    }

    private static func storable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var stored = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isKnown = scalar.isASCII || String(scalar).data(using: .windowsCP1252) != nil
            stored.append(isKnown ? scalar : "?")
        }
        return String(stored)
    }
}
