/// What a converter converts: it says so itself, since Swift finds out by a search of the whole program, which takes some
/// milliseconds at each start.
public enum ConverterRole {
    /// Whole records to elements of a QuickBooks list.
    case toList(any ToQuickBooks.Type)
    /// Documents to a QuickBooks transaction, or to lines of one.
    case toTransaction(any ToTransaction.Type)
    /// Documents to something that has no object of its own in QuickBooks.
    case fromDocument(any FromDocument.Type)
    /// Elements of a QuickBooks list to Procore.
    case fromList(any ToProcore.Type)
    /// QuickBooks' transactions to Procore.
    case fromTransaction

    var list: (any ToQuickBooks.Type)? { if case .toList(let converter) = self { converter } else { nil } }
    var home: (any ToProcore.Type)? { if case .fromList(let converter) = self { converter } else { nil } }
    var transaction: (any ToTransaction.Type)? {
        if case .toTransaction(let converter) = self { converter } else { nil }
    }
    var document: (any FromDocument.Type)? {
        switch self {
        case .toTransaction(let converter): converter
        case .fromDocument(let converter): converter
        case .toList, .fromList, .fromTransaction: nil
        }
    }
}

extension Converter {
    /// QuickBooks' transactions to Procore, where nothing else is said.
    public static var role: ConverterRole { .fromTransaction }
}

extension ToQuickBooks {
    /// Whole records to elements of a list.
    public static var role: ConverterRole { .toList(Self.self) }
}

extension FromDocument {
    /// Documents to something that has no object of its own.
    public static var role: ConverterRole { .fromDocument(Self.self) }
}

extension ToTransaction {
    /// Documents to a transaction, or to lines of one.
    public static var role: ConverterRole { .toTransaction(Self.self) }
}

extension ToProcore {
    /// Elements of a list to Procore.
    public static var role: ConverterRole { .fromList(Self.self) }
}
