import Domain

/// What follows from the list of all converters, found once: which of them is asked for which kind of record.
public enum Registry {
    /// All forms of export, in the order in which a file is compared with them.
    public static let exports: [Export] = {
        let all = allConverters.flatMap { $0.exports }
        return Export.Evidence.allCases.flatMap { evidence in all.filter { $0.evidence == evidence } }
    }()

    /// Kinds of document whose lines have exports of their own, without the documents themselves.
    public static let havingLines: Set<Entity> = Set(
        exports.compactMap { export in
            guard case .success(.documents(let form)) = export.form, form.isOfLines else { return nil }
            return form.entity
        })

    /// The converters of whole records to elements of QuickBooks' lists, in the order of the entities.
    public static let lists = allConverters.compactMap { $0.role.list }.sorted { $0.entity < $1.entity }

    /// The QuickBooks transactions that converters make and can put lines to later.
    public static let growing = allConverters.compactMap { $0.role.transaction }
        .filter { !$0.isAddition && $0.object.grows }.map { $0.object.kind }

    /// What can be done with one kind of record.
    fileprivate struct Abilities {
        var list: (any ToQuickBooks.Type)?
        var document: (any FromDocument.Type)?
        var transaction: (any ToTransaction.Type)?
        var tiedKind: QuickBooksKind?
    }

    /// By entity, since it is asked for every record.
    fileprivate static let abilities: [(entity: Entity, Abilities)] = Entity.allCases.map { entity in
        let own = allConverters.filter { $0.entity == entity }
        var abilities = Abilities()
        abilities.list = own.lazy.compactMap { $0.role.list }.first
        let document = own.lazy.map { $0.role }.first { $0.document != nil }
        abilities.document = document?.document
        abilities.transaction = document?.transaction
        if let transaction = abilities.transaction {
            abilities.tiedKind = transaction.isAddition ? nil : transaction.object.kind
        } else {
            abilities.tiedKind = abilities.list?.object.list
        }
        return (entity, abilities)
    }

    fileprivate static func abilities(of entity: Entity) -> Abilities {
        for (other, abilities) in abilities where other == entity { return abilities }
        return Abilities()
    }

    fileprivate static let fromLists = allConverters.compactMap { $0.role.home }
}

/// The converter of an entity to an element of a QuickBooks list; nil for documents.
public func listConverter(of entity: Entity) -> (any ToQuickBooks.Type)? { Registry.abilities(of: entity).list }

/// The converter of a kind of document to a QuickBooks transaction; nil for lists and for codes.
public func transactionConverter(of entity: Entity) -> (any ToTransaction.Type)? {
    Registry.abilities(of: entity).transaction
}

/// The kind of QuickBooks object that a record of an entity is tied to as a whole; nil: it has none of its own.
public func tiedKind(of entity: Entity) -> QuickBooksKind? { Registry.abilities(of: entity).tiedKind }

/// The converter of a kind of record that may come in fragments.
/// - Throws: a `NoConverter` for a kind that does not come in fragments.
public func documentConverter(of entity: Entity) throws -> any FromDocument.Type {
    guard let converter = Registry.abilities(of: entity).document else { throw NoConverter(entity: entity) }
    return converter
}

/// The converter of elements of a QuickBooks list to Procore; nil where none come across.
public func procoreConverter(of list: QuickBooksKind) -> (any ToProcore.Type)? {
    Registry.fromLists.first { $0.list == list }
}

/// A kind of record was taken for a document that it is not: a mistake of ours.
public struct NoConverter: Error {
    /// The kind of record.
    public let entity: Entity
}
