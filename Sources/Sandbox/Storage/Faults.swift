import GRDB

extension CompanyFile {
    /// Remembers that something will go wrong once.
    func provoke(_ fault: SandboxFault) throws {
        try db.execute(
            sql: "INSERT INTO fault (request, code) VALUES (?, ?)", arguments: [fault.request, fault.code])
    }

    /// What goes wrong with this request, if anything, and forgets it.
    func takeFault(_ request: String) throws -> SandboxFault? {
        let sql = "SELECT number, code FROM fault WHERE request = ? ORDER BY number LIMIT 1"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [request]) else { return nil }
        let (number, code): (Int64, Int) = (row["number"], row["code"])
        try db.execute(sql: "DELETE FROM fault WHERE number = ?", arguments: [number])
        return .statusOnce(code: code, request: request)
    }
}
