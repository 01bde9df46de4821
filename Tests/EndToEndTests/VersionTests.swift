import Foundation
import Testing

/// The version stands in the code; the change log and the tag of a release name the same.
@Suite struct VersionTests {
    /// The newest heading of the change log: `## 0.1.0, 2026-11-29`, or `## 0.2.0, unreleased` while it is worked on.
    private struct Heading {
        let version: String
        let isReleased: Bool

        init?(in log: String) {
            guard let line = log.split(separator: "\n").first(where: { $0.hasPrefix("## ") }),
                let match = line.wholeMatch(of: /## (\d+\.\d+\.\d+), (unreleased|\d{4}-\d{2}-\d{2})/)
            else { return nil }
            version = String(match.1)
            isReleased = match.2 != "unreleased"
        }

        /// Whether the program may call itself so: a release by its number, what leads to it also with a suffix.
        func allows(_ program: String) -> Bool {
            if program == version { return true }
            return !isReleased && program.wholeMatch(of: /(\d+\.\d+\.\d+)-[0-9A-Za-z.-]+/)?.1 == version[...]
        }
    }

    private func programsVersion() throws -> String {
        try Tool.run(Tool.plumbline, ["--version"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func theChangeLogBeginsWithTheProgramsVersion() throws {
        let heading = try #require(
            try Heading(in: Repository.text("CHANGELOG.md")), "its first heading names no version")
        let program = try programsVersion()
        #expect(heading.allows(program), "plumbline --version says \(program), CHANGELOG.md \(heading.version)")
    }

    @Test func aTagNamesTheReleasedVersion() throws {
        // No tag, or no repository, as in an archive of the source: nothing to compare.
        let git = try Tool.run("/usr/bin/env", ["git", "-C", Repository.path, "tag", "--points-at", "HEAD"])
        let tags = git.output.split(separator: "\n").map(String.init).filter { $0.contains(/^v?\d+\.\d+\.\d+/) }
        guard git.status == 0, !tags.isEmpty else { return }
        #expect(tags == [try programsVersion()])
        #expect(try Heading(in: Repository.text("CHANGELOG.md"))?.isReleased == true)
    }

    @Test(arguments: [
        ("## 1.2.0, 2026-11-29", "1.2.0", true), ("## 1.2.0, 2026-11-29", "1.2.0-dev", false),
        ("## 1.2.0, unreleased", "1.2.0-dev", true), ("## 1.2.0, unreleased", "1.2.0", true),
        ("## 1.2.0, unreleased", "1.1.0-dev", false), ("## 1.2.0, unreleased", "1.1.0", false),
    ])
    func aSuffixIsForWhatIsNotReleased(heading: String, program: String, isRight: Bool) throws {
        #expect(try #require(Heading(in: "# Changelog\n\n\(heading)\n\n- One.\n")).allows(program) == isRight)
    }
}
