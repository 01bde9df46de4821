import Foundation
import Testing

/// What waits says for what, as things stand, and whether the wait can end at all.
@Suite struct WaitTests {
    private func held(_ root: TestRoot) throws -> [String: (reason: String, obstacle: String?)] {
        let status = try root.run("status", "--json")
        let json = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        var held: [String: (reason: String, obstacle: String?)] = [:]
        for entry in json?["held"] as? [[String: Any]] ?? [] {
            held[entry["record"] as? String ?? ""] = (
                entry["reason"] as? String ?? "", entry["never_ends"] as? String
            )
        }
        return held
    }

    private let order = """
        {"id": 786001, "number": "SC-001", "title": "Concrete", "status": "Approved", "accounting_method": "amount",
         "inclusions": "", "vendor": {"id": 401105}, "project": {"id": 225906},
         "line_items": [{"id": 1, "amount": "10.0", "description": "x", "cost_code": {"id": 2, "full_code": "03"}}]}
        """

    @Test func aWaitForARefusedRecordIsNamed() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(
            """
            [{"id": 401105, "name": "Greater Metropolitan Electrical Contractors & Engineers", "synced_to_erp": false}]
            """, as: "procore/vendors.json")
        try root.drop(order, as: "procore/contract.json")
        try root.run("once")
        let wait = try #require(try held(root)["commitment 786001"])
        #expect(wait.reason.hasPrefix("Waits for vendor 401105, which was refused: The name"))
        #expect(wait.obstacle?.hasPrefix("vendor 401105 was refused") ?? false)
        #expect(try root.run("status").output.contains("This wait cannot end by itself: vendor 401105 was refused"))
    }

    @Test func aWaitForWhatMayStillComeCanEnd() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(order, as: "procore/contract.json")
        try root.run("once")
        var wait = try #require(try held(root)["commitment 786001"])
        #expect(wait.reason == "Waits for vendor 401105, which has not been dropped yet.")
        #expect(wait.obstacle == nil)
        // The reason is told as things stand, not as they stood when the file was read.
        try root.drop(
            """
            [{"id": 401105, "name": "Greater Metropolitan", "synced_to_erp": false}]
            """, as: "procore/vendors.json")
        try root.run("once")
        wait = try #require(try held(root)["commitment 786001"])
        #expect(wait.reason == "Waits for vendor 401105, which is not in QuickBooks yet.")
        #expect(wait.obstacle == nil)
    }

    @Test func recordsThatWaitForOneAnotherAreNamed() throws {
        let root = try TestRoot(TestRoot.yaml + "\nitems: hierarchical\n")
        defer { root.remove() }
        try root.drop(
            """
            [{"id": 1, "standard_cost_code_list_id": 5, "parent_id": 2, "code": "A", "full_code": "B-A", "name": "a"},
             {"id": 2, "standard_cost_code_list_id": 5, "parent_id": 1, "code": "B", "full_code": "A-B", "name": "b"}]
            """, as: "procore/cost_codes.json")
        try root.run("once")
        let wait = try #require(try held(root)["cost code 1"])
        #expect(wait.obstacle == "they wait for one another: cost code 1, cost code 2, cost code 1")
    }

    @Test func aWaitForWhatWasLeftOutSaysWhy() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(order.replacing("Approved", with: "Draft"), as: "procore/contract.json")
        try root.drop(
            """
            {"id": 1708957, "contract_id": 786001, "number": "001", "status": "approved", "revision": 0,
             "type": "CommitmentContractChangeOrder", "grand_total": "5.0",
             "line_items": [{"id": 7, "total_amount": "5.0", "cost_code": {"id": 2, "full_code": "03"}}]}
            """, as: "procore/change.json")
        try root.run("once")
        let wait = try #require(try held(root)["change order 1708957"])
        #expect(
            wait.reason.hasPrefix(
                "Waits for commitment 786001, which was left out: The status of the commitment is Draft"))
    }
}
