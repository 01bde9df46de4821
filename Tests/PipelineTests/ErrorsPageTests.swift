import Foundation
import Testing

/// `docs/errors.md`: every problem that a case shows, joined together.
///
/// `RECORD=1` writes the page; the difference is to be read before it is kept.
@Suite struct ErrorsPageTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/errors.md").standardizedFileURL

    @Test func thePageInTheDocsHoldsTheProblemsOfAllCases() throws {
        let page = Self.page
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try page.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == page, "run `make docs`, and read what changed")
    }

    private static var page: String {
        var text = """
            # Errors

            Every problem that a dropped file can have, as the test cases in `Tests/PipelineTests/Fixtures` show it:
            where it is, what happened, what to do. This page is those cases joined together; a test keeps it true.

            """
        for converter in FixtureCase.converters {
            let cases = FixtureCase.all.filter { $0.converter == converter }
            let told = cases.compactMap { fixture in
                fixture.text("expected.problem.txt").map { (fixture.name.replacing("-", with: " "), $0) }
            }
            guard !told.isEmpty else { continue }
            text += "\n## \(converter)\n"
            for (name, problem) in told.sorted(by: { $0.0 < $1.0 }) {
                let explanation = name.prefix(1).uppercased() + name.dropFirst()
                let end = problem.hasSuffix("\n") ? "" : "\n"
                text += "\n\(explanation):\n\n```\n\(problem)\(end)```\n"
            }
        }
        return text
    }
}
