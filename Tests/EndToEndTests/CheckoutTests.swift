import Foundation
import Testing

/// The checkout has an inbox and an outbox to show where files go, and is no root by accident.
@Suite struct CheckoutTests {
    /// A folder that looks like the checkout, as far as `init` can tell.
    private func copy() throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("plumbline-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/inbox", withIntermediateDirectories: true)
        for file in ["Package.swift", "inbox/README.md"] {
            try FileManager.default.copyItem(atPath: "\(Repository.path)/\(file)", toPath: "\(path)/\(file)")
        }
        return path
    }

    private func run(in folder: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        // The shell goes to the folder: `init` without one is about where it is run.
        try Tool.run("/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", folder, Tool.plumbline] + arguments)
    }

    @Test func initInTheCheckoutAsksForAFolder() throws {
        let path = try copy()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let told = try run(in: path, "init", "--company-id", "8089")
        #expect(told.status == 2)
        #expect(
            told.output == """
                plumbline: This folder holds Plumbline's source, and a company's folder belongs elsewhere. Name it, as in \
                plumbline init ../office --company-id 8089; plumbline init . makes it here all the same.

                """)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["Package.swift", "inbox"])
        #expect(try run(in: path, "init", "office", "--company-id", "8089").status == 0)
        #expect(FileManager.default.fileExists(atPath: path + "/office/plumbline.yaml"))
    }

    @Test func aRootThatWasMadeInTheCheckoutStaysOne() throws {
        let path = try copy()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try run(in: path, "init", ".", "--company-id", "8089").status == 0)
        #expect(try run(in: path, "init").output.contains("is there already and stays as it is"))
        let once = try run(in: path, "once")
        #expect(once.status == 0 && once.output.contains("0 files read."), "\(once.output)")
        #expect(FileManager.default.fileExists(atPath: path + "/inbox/README.md"))
    }

    @Test func anyOtherFolderBecomesARootAsItIs() throws {
        let path = try copy()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "let package = Package(name: \"another\", targets: [])\n"
            .write(toFile: path + "/Package.swift", atomically: true, encoding: .utf8)
        #expect(try run(in: path, "init", "--company-id", "8089").status == 0)
        #expect(FileManager.default.fileExists(atPath: path + "/plumbline.yaml"))
    }

    @Test func itsFoldersSayThatTheyAreNoRoot() throws {
        for folder in ["inbox", "outbox"] {
            let text = try Repository.text("\(folder)/README.md")
            #expect(text.contains("the checkout is no company's root"), "\(folder)/README.md")
        }
        let ignored = try Repository.text(".gitignore").split(separator: "\n")
        #expect(ignored.contains("/inbox/**") && ignored.contains("/outbox/**"))
    }
}
