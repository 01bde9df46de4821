import Domain
import Procore

/// Asks Procore whether it has what a `POST` was to make.
///
/// Payments are looked for in the list of their contract, which takes no filter (Procore REST, "List Contract Payments");
/// direct costs by `filters[origin_id]` ("List Direct Cost Items"). In both the `origin_id` decides: it carries
/// QuickBooks' id, and no two records of a company have the same.
struct AskingAfter {
    enum Finding: Equatable {
        /// Procore has it: the record, as an answer to the `POST` would show it.
        case there([UInt8])
        case absent
        /// Procore has records there and does not show their `origin_id`, so that it cannot be told from them.
        case hidden
        /// There is no way to ask.
        case unknowable(String)
    }

    let client: ProcoreClient

    /// - Throws: a `CallFailure`, `Pages.Changed`, a `Problem` where Procore's answer cannot be read.
    func ask(_ document: OutgoingDocument) async throws -> Finding {
        let path = document.target.prefix { $0 != "?" }
        let parts = path.split(separator: "/")
        if let payment = try document.body.record("contract_payment"), parts.last == "contract_payments",
            let origin = try Self.origin(payment), let project = try document.body.text("project_id"),
            let contract = try document.body.text("contract_id")
        {
            return try await find(origin, String(path), [("project_id", project), ("contract_id", contract)])
        }
        if parts.last == "direct_costs", let cost = try document.body.record("item"), let origin = try Self.origin(cost)
        {
            return try await find(origin, String(path), [("filters[origin_id]", origin)])
        }
        return .unknowable("nothing in it tells Procore's record from others")
    }

    private static func origin(_ record: JSONRecord) throws -> String? {
        let origin = try record.text("origin_id")
        return origin?.isEmpty == false ? origin : nil
    }

    private func find(_ origin: String, _ path: String, _ query: [(String, String)]) async throws -> Finding {
        var pages = Pages(size: client.settings.pageSize)
        var isHidden = false
        while let page = pages.next {
            let target = CallTarget.with(path, query + page)
            let reply = try await client.sendRepeatedly(.init(target: target))
            if reply.status == 401 { throw CallFailure.loginRefused("Procore refused a new token (401)") }
            guard reply.isGood else {
                return .unknowable("Procore answered with status \(reply.status) when it was asked after")
            }
            let digest = Digest(of: reply.body)
            var reader = ExportReader(MemorySource(reply.body))
            var count = 0
            while let element = try reader.next() {
                guard case .record(let record, _) = element else { continue }
                count += 1
                if try record.text("origin_id") == origin { return .there(record.raw) }
                if !record.has("origin_id") { isHidden = true }
            }
            try pages.took(count: count, digest, reply.headers)
        }
        return isHidden ? .hidden : .absent
    }
}
