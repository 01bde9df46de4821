extension CompanyFile {
    /// The most levels of a list, the top one counted: QuickBooks' own limit for jobs, items and accounts.
    private static let levels = 5

    /// Checks that a record can have its name where it stands.
    /// - Throws: a `Status`: 3090, 3100, 3210.
    func checkName(_ record: ListRecord) throws {
        if record.name.isEmpty || record.name.contains(":") { throw Status.badName(record.name) }
        let holder = try self.record(list: record.list, parent: record.parent, name: record.name)
        if let holder, holder.number != record.number { throw Status.nameInUse(record.name) }
        guard let number = record.parent, let parent = try self.record(number: number) else { return }
        let line = try [parent] + parents(of: parent)
        if record.number != 0, line.contains(where: { $0.number == record.number }) {
            throw Status.invalid("ParentRef", record.name, "A list element cannot stand below itself.")
        }
        let below = record.number == 0 ? 0 : try depth(below: record)
        if line.count + 1 + below > Self.levels {
            throw Status.invalid("ParentRef", parent.name, "A list can have at most \(Self.levels) levels.")
        }
    }
}
