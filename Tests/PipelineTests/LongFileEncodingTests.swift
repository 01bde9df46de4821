import Foundation
import Testing

@testable import Pipeline

/// A file so long that a thread of its own reads it tells its encoding like a short one.
@Suite struct LongFileEncodingTests {
    /// More than the size from which on files are read ahead, with one letter outside ASCII at the very end.
    private func preview(_ name: String, _ content: String, _ encoding: String.Encoding) throws -> Preview {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("encoding-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let configuration = """
            company_id: 8089
            quickbooks:
              income_account: Construction Income
              expense_account: Job Expenses

            """
        try Data(configuration.utf8).write(to: root.appendingPathComponent("plumbline.yaml"))
        let file = root.appendingPathComponent(name)
        try #require(content.data(using: encoding)).write(to: file)
        return try Preview(file: file.path, root: root.path)
    }

    @Test func anExport() throws {
        let padding = String(repeating: "x", count: 40_000)
        let records = (1...32).map { number in
            #"{"id": \#(number), "name": "V\#(number)\#(number == 32 ? " Peña" : "")", "synced_to_erp": false, "#
                + #""notes": "\#(padding)"}"#
        }
        let text = "[" + records.joined(separator: ",\n") + "]"
        let windows = try preview("vendors.json", text, .windowsCP1252)
        #expect(windows.notes.contains("so it was read as Windows-1252"))
        let wide = try preview("vendors.json", text, .utf16BigEndian)
        #expect(wide.notes.isEmpty)
        for preview in [windows, wide] {
            #expect(!preview.isTroubled)
            let document = String(decoding: preview.documents.last?.bytes ?? [], as: UTF8.self)
            #expect(document.contains("<Name>V32 Pe&#241;a</Name>"))
        }
    }

    @Test func aResponse() throws {
        let padding = String(repeating: "x", count: 40_000)
        let vendors = (1...32).map { number in
            "<VendorRet><ListID>800\(number + 100)-1720500000</ListID><EditSequence>1</EditSequence>"
                + "<Name>V\(number)\(number == 32 ? " Peña" : "")</Name><IsActive>true</IsActive><Notes>\(padding)</Notes>"
                + "</VendorRet>\n"
        }
        let text =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<QBXML><QBXMLMsgsRs><VendorQueryRs statusCode=\"0\" "
            + "statusSeverity=\"Info\" statusMessage=\"Status OK\">" + vendors.joined()
            + "</VendorQueryRs></QBXMLMsgsRs></QBXML>"
        let windows = try preview("vendors.xml", text, .windowsCP1252)
        #expect(
            windows.notes.contains("says that it is written in utf-8, but it is not, so it was read as Windows-1252"))
        let wide = try preview("vendors.xml", text, .utf16LittleEndian)
        #expect(wide.notes.isEmpty)
        for preview in [windows, wide] {
            #expect(!preview.isTroubled)
            let document = String(decoding: preview.documents.last?.bytes ?? [], as: UTF8.self)
            #expect(document.contains("\"V32 Peña\""))
        }
    }
}
