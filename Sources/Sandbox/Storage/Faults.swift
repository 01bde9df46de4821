import GRDB

/// What is to go wrong: faults that the company's file keeps, and others that are given each time.
struct FaultPlan {
    /// A fault, and how often it has met its request.
    private struct Planned {
        let number: Int64
        let fault: SandboxFault
        let met: Int
        let isKept: Bool
    }

    let file: CompanyFile
    /// Faults that the file does not keep; it only counts them.
    var given: [SandboxFault] = []

    /// Remembers that something will go wrong.
    func keep(_ fault: SandboxFault) throws {
        try insert(fault, isKept: true)
    }

    /// The first fault of a sort that happens now to one of these requests.
    func first(for requests: [String], _ isWanted: (SandboxFault) -> Bool) throws -> SandboxFault? {
        for planned in try all() where isWanted(planned.fault) && requests.contains(where: planned.fault.matches) {
            if try happens(planned) { return planned.fault }
        }
        return nil
    }

    /// All faults of a sort that happen now to one of these requests.
    func all(for requests: [String], _ isWanted: (SandboxFault) -> Bool) throws -> [SandboxFault] {
        try all().filter { planned in
            guard isWanted(planned.fault), requests.contains(where: planned.fault.matches) else { return false }
            return try happens(planned)
        }.map(\.fault)
    }

    /// Counts that a fault has met its request; returns whether it is its turn.
    private func happens(_ planned: Planned) throws -> Bool {
        let fault = planned.fault
        let last = fault.times.map { fault.skip + $0 } ?? .max
        if planned.isKept, planned.met + 1 >= last {
            try file.db.execute(sql: "DELETE FROM planned WHERE number = ?", arguments: [planned.number])
        } else {
            try file.db.execute(sql: "UPDATE planned SET met = met + 1 WHERE number = ?", arguments: [planned.number])
        }
        return (fault.skip..<last).contains(planned.met)
    }

    /// Those that the file keeps, then those that are given.
    private func all() throws -> [Planned] {
        let kept = try planned("is_kept", [])
        return try kept
            + given.map { fault in
                if let known = try planned("NOT is_kept AND spec = ?", [fault.words]).first { return known }
                return Planned(number: try insert(fault, isKept: false), fault: fault, met: 0, isKept: false)
            }
    }

    private func planned(_ condition: String, _ arguments: StatementArguments) throws -> [Planned] {
        let sql = "SELECT * FROM planned WHERE \(condition) ORDER BY number"
        return try Row.fetchAll(file.db, sql: sql, arguments: arguments).map { row in
            Planned(
                number: row["number"], fault: try SandboxFault(row["spec"] as String), met: row["met"],
                isKept: row["is_kept"])
        }
    }

    @discardableResult
    private func insert(_ fault: SandboxFault, isKept: Bool) throws -> Int64 {
        try file.db.execute(
            sql: "INSERT INTO planned (spec, is_kept, met) VALUES (?, ?, 0)", arguments: [fault.words, isKept])
        return file.db.lastInsertedRowID
    }
}
