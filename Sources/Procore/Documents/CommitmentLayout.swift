import Domain

/// How a commitment is read where its fields stand as `Commitment.read` reads them: what a plan has to know of it.
///
/// It says the same as that reading, in data; a property test holds the two together.
public struct CommitmentLayout: Sendable {
    /// The fields of a commitment, by their numbers: first those of its header, in their order there.
    public enum Header: Int, CaseIterable, Sendable {
        case number, title, description, status, accountingMethod, contractDate, issuedOnDate, deliveryDate
        case shipToAddress, grandTotal, createdAt, updatedAt, deletedAt, originID, originData, type
        case currency, id, vendor, vendorID, project, projectID, inclusions, contractStartDate, lines

        /// The last one that stands in the header as it is.
        public static let lastText = Header.type
    }

    /// The fields of a line, by their numbers: first those that follow its code and its amount, in their order there.
    public enum Line: Int, CaseIterable, Sendable {
        case description, quantity, unitCost, uom, extendedType, position, taxCodeID, taxAmount, originID
        case commitmentLineItemID
        case amount, totalAmount, extendedAmount, id, costCode, wbsCode, costCodeID

        /// The last one that stands in the line as it is.
        public static let lastText = Line.commitmentLineItemID
    }

    /// The fields of a cost code, by their numbers.
    public enum Code: Int, CaseIterable, Sendable {
        case fullCode, name, billerType, id
    }

    /// The keys of a commitment.
    public let header: KnownFields
    /// Those of a line.
    public let line: KnownFields
    /// Those of a cost code.
    public let code: KnownFields
    /// The key of an id alone.
    public let id: KnownFields
    /// The key of a currency.
    public let currency: KnownFields

    /// - Returns: nil where the keys cannot be told apart.
    public init?() {
        let texts = Commitment.fields.prefix(Header.lastText.rawValue + 1)
        let others = [
            "currency_configuration", "id", "vendor", "vendor_id", "project", "project_id", "inclusions",
            "contract_start_date", "line_items",
        ]
        let amounts = [
            "amount", "total_amount", "extended_amount", "id", "cost_code", "wbs_code", "cost_code_id",
        ]
        guard texts.count + others.count == Header.allCases.count, texts.last == "type",
            Commitment.lineFields.count + amounts.count == Line.allCases.count,
            let header = KnownFields(texts + others), let line = KnownFields(Commitment.lineFields + amounts),
            let code = KnownFields(["full_code", "name", "biller_type", "id"]), let id = KnownFields(["id"]),
            let currency = KnownFields(["currency_iso_code"])
        else { return nil }
        (self.header, self.line, self.code, self.id, self.currency) = (header, line, code, id, currency)
    }
}

extension FoundFields {
    /// The number of a field of a commitment, and so on: what stands in it.
    public subscript(_ field: some RawRepresentable<Int>) -> Field { self[field.rawValue] }

    /// What a line of a commitment says of its code, as `Commitment.readLine` reads it.
    /// - Returns: the fields, and the codes that it shows with Procore's ids; nil where something is wrong with them.
    public func codes() -> (fields: [Content.Field], shown: [SeenCode])? {
        let record = record
        guard let fields = try? CodeFields.of(record) else { return nil }
        return (fields, SeenCode.all(in: record, as: Content.Line("", fields)))
    }
}
