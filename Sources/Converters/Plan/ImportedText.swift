import Domain
import QBXML

/// What a row takes of an element of a QuickBooks list, in data: a plan has to know it.
public enum ImportedText: Sendable, Hashable {
    /// The text at a path, as it stands.
    case text(String)
    /// The street lines of an address in one, without that which repeats the name.
    case street(String)
    /// Procore's two letters for the state or province of an address.
    case stateCode(String)

    /// The text that an element has for it; nil where there is none.
    func value(of ret: Element) -> String? {
        switch self {
        case .text(let path): ret[path]
        case .street(let block): AddressPart.street(ret, block)
        case .stateCode(let block): AddressPart.stateCode(ret, block)
        }
    }

    /// The paths of the fields that it looks at.
    var paths: [String] {
        switch self {
        case .text(let path): [path]
        case .street(let block): AddressPart.streetLines.map { "\(block)/\($0)" }
        case .stateCode(let block): ["\(block)/State"]
        }
    }
}
