import Foundation
import Testing
import Yams

/// What hosts and indexes of Swift packages read: it is valid, and names what is there.
@Suite struct RepositoryTests {
    /// The library targets that `Package.swift` names, without system libraries, C and what only the tests use.
    private func libraries() throws -> [String] {
        try Repository.text("Package.swift").matches(of: /\.target\(\s*name: "(\w+)"/).map { String($0.1) }
            .filter { !["CLinux", "CSQLiteMemory", "Seeds"].contains($0) }.sorted()
    }

    @Test func everyLibraryTargetHasACatalogueAndIsIndexed() throws {
        let libraries = try libraries()
        #expect(libraries.count >= 8)
        for library in libraries {
            let page = try Repository.text("Sources/\(library)/\(library).docc/\(library).md")
            #expect(page.hasPrefix("# ``\(library)``\n"), "\(library).docc")
        }
        let index = try #require(try Yams.load(yaml: Repository.text(".spi.yml")) as? [String: Any])
        let builder = try #require(index["builder"] as? [String: Any])
        let configurations = try #require(builder["configs"] as? [[String: Any]])
        let targets = configurations.compactMap { $0["documentation_targets"] as? [String] }.flatMap(\.self)
        #expect(targets.sorted() == libraries)
    }

    @Test func theWorkflowRunsTheWholeTest() throws {
        let workflow = try #require(try Yams.load(yaml: Repository.text(".github/workflows/ci.yml")) as? [String: Any])
        let jobs = try #require(workflow["jobs"] as? [String: [String: Any]])
        let steps = jobs.values.compactMap { $0["steps"] as? [[String: Any]] }.flatMap(\.self)
        #expect(steps.compactMap { $0["run"] as? String } == ["scripts/test"])
    }

    @Test func reportsAskForWhatIsNeededToActOnThem() throws {
        for name in try Repository.names(".github/ISSUE_TEMPLATE") {
            let form = try Yams.load(yaml: Repository.text(".github/ISSUE_TEMPLATE/\(name)")) as? [String: Any]
            #expect(form != nil, "\(name)")
        }
        let text = try Repository.text(".github/ISSUE_TEMPLATE/bug_report.yml")
        let form = try #require(try Yams.load(yaml: text) as? [String: Any])
        let fields = try #require(form["body"] as? [[String: Any]])
        #expect(Set(["receipt", "input", "doctor", "version"]).isSubset(of: fields.compactMap { $0["id"] as? String }))
        #expect(text.contains("Replace names"))
    }

    @Test func whatTheArticlesShowOfTheCodeStandsThere() throws {
        var sources: Set<String> = []
        var articles: [String] = []
        let all = FileManager.default.enumerator(atPath: Repository.path + "/Sources")
        while let name = all?.nextObject() as? String {
            if name.hasSuffix(".md") { articles.append(name) }
            guard name.hasSuffix(".swift") else { continue }
            for line in try Repository.text("Sources/\(name)").split(separator: "\n") { sources.insert(trimmed(line)) }
        }
        var count = 0
        for article in articles {
            for block in try Repository.text("Sources/\(article)").matches(of: /```swift\n((?s:.*?))```/) {
                for line in block.1.split(separator: "\n") {
                    count += 1
                    #expect(sources.contains(trimmed(line)), "\(article) shows what stands nowhere: \(line)")
                }
            }
        }
        #expect(count > 0)
    }

    private func trimmed(_ line: Substring) -> String { line.trimmingCharacters(in: .whitespaces) }
}
