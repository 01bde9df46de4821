import Testing

@testable import Procore

/// What a line of a document teaches about Procore's ids of codes.
@Suite struct SeenCodeTests {
    private func codes(_ line: String) throws -> [SeenCode] {
        SeenCode.all(in: try JSONRecord(parsing: Array(line.utf8)))
    }

    @Test func aLineWithBothObjectsTeachesBoth() throws {
        let line = """
            {"id": 5, "cost_code": {"id": 900101, "full_code": "01-500", "biller_id": 225906, "biller_type": "Project",
             "line_item_types": [{"id": 47, "code": "O"}]}, "wbs_code": {"id": 930101, "flat_code": "01-500.O"}}
            """
        #expect(
            try codes(line) == [
                SeenCode(.costCodes, id: "900101", code: "01-500", typeID: "47", project: "225906"),
                SeenCode(.wbsCodes, id: "930101", code: "01-500", type: "O"),
            ])
    }

    @Test func anInvoiceItemTeachesTheIdWithItsFlatCode() throws {
        let item = #"{"cost_code_id": 900101, "wbs_code": {"id": "930101", "flat_code": "01-500.O"}}"#
        #expect(
            try codes(item) == [
                SeenCode(.costCodes, id: "900101", code: "01-500"),
                SeenCode(.wbsCodes, id: "930101", code: "01-500", type: "O"),
            ])
    }

    @Test func aRowOfABudgetViewTeachesItsCostCodeAlone() throws {
        let row =
            #"{"cost_code_id": 900101, "cost_code": "01-500 - Fence - East", "wbs_code_id": 930101, "category": "Other"}"#
        #expect(try codes(row) == [SeenCode(.costCodes, id: "900101", code: "01-500")])
    }

    @Test(arguments: [
        // A sub job, told by the biller, by the flat code, or by the row.
        #"{"cost_code": {"id": 1, "full_code": "01-500", "biller_type": "SubJob"}, "wbs_code": {"id": 2, "flat_code": "01-500.O"}}"#,
        #"{"cost_code": {"id": 1, "full_code": "01-500"}, "wbs_code": {"id": 2, "flat_code": "0001.01-500.O"}}"#,
        #"{"cost_code_id": 1, "wbs_code": {"id": 2, "flat_code": "0001.01-500.O"}}"#,
        #"{"cost_code_id": 1, "cost_code": "01-500 - Fence", "biller_type": "SubJob"}"#,
        // No code, no id, or an id that is none.
        #"{"cost_code": {"id": 1, "code": "500"}}"#, #"{"cost_code": {"full_code": "01-500"}}"#,
        #"{"cost_code": {"id": "x", "full_code": "01-500"}}"#, #"{"wbs_code_id": 2}"#, #"{"cost_code_id": 1}"#,
        #"{"cost_code": {"id": 1, "full_code": "01-500", "deleted_at": "2026-03-02T16:05:11Z"}}"#,
    ])
    func whatCannotBeTiedTeachesNothing(_ line: String) throws {
        #expect(try codes(line).isEmpty)
    }

    @Test func severalCostTypesAreNone() throws {
        let line = #"{"cost_code": {"id": 1, "full_code": "01-500", "line_item_types": [{"id": 47}, {"id": 48}]}}"#
        #expect(try codes(line) == [SeenCode(.costCodes, id: "1", code: "01-500")])
    }
}
