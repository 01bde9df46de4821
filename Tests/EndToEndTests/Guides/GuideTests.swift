import Foundation
import Testing

/// Everything that the README and the guide tell a reader to type.
@Suite struct GuideTests {
    /// What may stand behind the ticks of a block.
    private static let tags = ["sh", "console", "yaml", "sh no-run", "ini", "text"]

    @Test func allPagesAreThere() {
        let pages = ["bookkeeper", "administrator", "developer", "reference"].map { "docs/guide/\($0).md" }
        #expect(Set(GuidePage.all.map(\.path)).isSuperset(of: pages + ["README.md"]))
    }

    @Test(arguments: GuidePage.all)
    func everyBlockSaysWhatItIs(_ page: GuidePage) {
        for block in page.blocks {
            #expect(Self.tags.contains(block.tag), "\(page.path):\(block.line): the tag is \"\(block.tag)\"")
        }
    }

    @Test func theReadmeIsShortAndTheBookkeeperNeedsNoShell() throws {
        let readme = try GuidePage(path: "README.md")
        #expect(readme.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 121)
        #expect(readme.blocks.contains { $0.tag == "console" }, "an example that is run")
        let bookkeeper = try GuidePage(path: "docs/guide/bookkeeper.md")
        #expect(bookkeeper.blocks.filter { $0.tag != "text" }.isEmpty)
    }

    @Test(arguments: GuidePage.all)
    func whatItTellsToTypeWorks(_ page: GuidePage) throws {
        for result in try GuideScript(page).run() {
            let place = "\(page.path):\(result.step.line)"
            guard let printed = result.printed else {
                Issue.record("\(place): not reached")
                continue
            }
            #expect(result.isDone, "\(place): failed, printing\n\(printed.joined(separator: "\n"))")
            guard let expected = result.step.expected else { continue }
            #expect(
                GuideScript.matches(printed, expected),
                "\(place): \(result.step.commands[0]) prints\n\(printed.joined(separator: "\n"))")
        }
    }

    @Test func aDifferenceIsNoticed() {
        let printed = ["a 1 b", "x", "y", "z"]
        #expect(GuideScript.matches(printed, ["a … b", "…", "z"]))
        #expect(GuideScript.matches(printed, ["…"]))
        #expect(!GuideScript.matches(printed, ["a … c", "…", "z"]))
        #expect(!GuideScript.matches(printed, ["a … b", "z"]))
        #expect(!GuideScript.matches(printed, ["a 1 b", "x", "y"]))
    }

    // MARK: - What cannot be run

    @Test(arguments: GuidePage.all)
    func whatIsNotRunIsWellFormed(_ page: GuidePage) throws {
        for block in page.blocks where block.tag.hasPrefix("sh") {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(
                "plumbline-\(UUID().uuidString).sh")
            defer { try? FileManager.default.removeItem(at: file) }
            try block.lines.joined(separator: "\n").write(to: file, atomically: false, encoding: .utf8)
            let checked = try Tool.run("/usr/bin/env", ["bash", "-n", file.path])
            #expect(checked.status == 0, "\(page.path):\(block.line): \(checked.output)")
        }
    }

    @Test(arguments: GuidePage.all)
    func everyCommandAndOptionItNamesExists(_ page: GuidePage) throws {
        let help = try CommandLineHelp()
        for block in page.blocks where block.tag != "yaml" {
            #expect(help.mistakes(in: block.commands) == [], "\(page.path):\(block.line)")
        }
        let said = page.code.filter { $0.hasPrefix("plumbline ") }
        #expect(said.flatMap { help.mistakes(in: [$0]) } == [])
    }

    @Test func aCommandThatIsNotThereIsNoticed() throws {
        let help = try CommandLineHelp()
        for wrong in [
            "plumbline sttaus", "plumbline status --unanswered", "sudo -u plumbline plumbline backup --now x",
            "ExecStart=/usr/local/bin/plumbline serve", "cd office && plumbline once --json",
            "2 1 * * * plumbline /usr/local/bin/plumbline retry --all",
        ] {
            #expect(help.mistakes(in: [wrong]) != [], "\(wrong)")
        }
        #expect(help.mistakes(in: ["sudo -u plumbline plumbline status --json | grep x --count"]) == [])
    }

    @Test(arguments: GuidePage.all)
    func everyFileOfTheRepositoryItNamesExists(_ page: GuidePage) throws {
        let manager = FileManager.default
        for block in page.blocks {
            for word in block.commands.flatMap({ $0.split { " \t\"'=;()<>".contains($0) } }) {
                guard let top = word.split(separator: "/").first, word.contains("/"), !word.hasPrefix("/"),
                    Checkout.entries.contains(String(top))
                else { continue }
                let path = word.split(separator: "*")[0]
                #expect(manager.fileExists(atPath: "\(Checkout.path)/\(path)"), "\(page.path):\(block.line): \(word)")
            }
            let makefile = try String(contentsOfFile: Checkout.path + "/Makefile", encoding: .utf8)
            for command in block.commands where command.hasPrefix("make ") {
                let target = command.split(separator: " ")[1]
                #expect(makefile.contains("\n\(target):"), "\(page.path):\(block.line): \(command)")
            }
        }
    }

    @Test(arguments: GuidePage.all)
    func everyPieceOfConfigurationIsRead(_ page: GuidePage) throws {
        for block in page.blocks where block.tag == "yaml" {
            var lines = block.lines
            if !lines.contains(where: { $0.hasPrefix("company_id:") }) { lines.insert("company_id: 8089", at: 0) }
            let root = try TestRoot(lines.joined(separator: "\n"))
            defer { root.remove() }
            let status = try root.run("status")
            #expect(status.status == 0, "\(page.path):\(block.line): \(status.output)")
        }
    }

    @Test(.enabled(if: Self.hasTestparm, "needs Samba's testparm"), arguments: GuidePage.all)
    func whatItGivesSambaIsUnderstood(_ page: GuidePage) throws {
        for block in page.blocks where block.tag == "ini" && block.lines.contains(where: { $0.hasPrefix("path =") }) {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(
                "plumbline-\(UUID().uuidString).conf")
            defer { try? FileManager.default.removeItem(at: file) }
            try block.lines.joined(separator: "\n").write(to: file, atomically: false, encoding: .utf8)
            let checked = try Tool.run("/usr/bin/env", ["testparm", "-s", file.path])
            #expect(checked.status == 0, "\(page.path):\(block.line): \(checked.output)")
            #expect(!checked.output.contains("nknown"), "\(page.path):\(block.line): \(checked.output)")
        }
    }

    private static let hasTestparm = (try? Tool.run("/usr/bin/env", ["testparm", "--version"]).status) == 0

    @Test(arguments: ["plumbline@", "plumbline-procore@"])
    func theUnitStartsACommandThatThereIs(_ name: String) throws {
        let unit = try String(contentsOfFile: Checkout.path + "/packaging/debian/\(name).service", encoding: .utf8)
        let start = unit.split(separator: "\n").filter { $0.hasPrefix("ExecStart=") }.map(String.init)
        #expect(start.count == 1)
        #expect(try CommandLineHelp().mistakes(in: start) == [])
    }

    // MARK: - Links

    /// Every page that people read: the guide, and what it links to or is linked from.
    private static let linked: [String] = {
        func pages(_ folder: String) -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(Checkout.path)/\(folder)")) ?? []
            return names.filter { $0.hasSuffix(".md") }.sorted().map { folder == "." ? $0 : "\(folder)/\($0)" }
        }
        return pages(".") + pages("docs") + pages("docs/guide")
    }()

    @Test(arguments: linked)
    func everyLinkLeadsSomewhere(_ path: String) throws {
        for link in try GuidePage(path: path).links {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let folder = URL(fileURLWithPath: "\(Checkout.path)/\(path)").deletingLastPathComponent()
            let target =
                parts[0].isEmpty
                ? path
                : String(
                    folder.appendingPathComponent(String(parts[0])).standardizedFileURL.path.dropFirst(
                        Checkout.path.count + 1))
            #expect(FileManager.default.fileExists(atPath: "\(Checkout.path)/\(target)"), "\(path): \(link)")
            guard parts.count == 2, target.hasSuffix(".md") else { continue }
            #expect(try GuidePage(path: target).anchors.contains(String(parts[1])), "\(path): \(link)")
        }
    }
}
