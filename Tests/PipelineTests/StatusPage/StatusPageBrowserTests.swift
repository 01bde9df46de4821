import Foundation
import Testing

@testable import Pipeline

/// The status page in a real browser. `scripts/test` shows where it was skipped, since there is no Chromium or Python.
@Suite struct StatusPageBrowserTests {
    private static func run(_ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        guard (try? process.run()) != nil else { return (127, "") }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let hasChromium =
        run(["sh", "-c", "command -v python3 && (command -v chromium || command -v chromium-browser)"]).status == 0

    @Test(.enabled(if: hasChromium, "There is no Chromium here."))
    func fiveHundredHostileNamesAreReadReachedAndPrintedAndDoNothing() throws {
        let page = FileManager.default.temporaryDirectory.appendingPathComponent("status-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: page) }
        try Data(StatusPageHTML().render(HostilePage.page())).write(to: page)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("StatusPage/browser.py").path
        let (status, output) = Self.run(["python3", script, page.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("500 things are listed"))
        #expect(output.contains("The page is well."))
    }
}
