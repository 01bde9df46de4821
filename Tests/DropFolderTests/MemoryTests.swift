import DropFolder
import Foundation
import Testing

@Suite struct MemoryTests {
    /// So many KiB of this process are pages of files that it has not changed.
    private func ofFiles() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) })
    }

    /// Words that the program sorts and joins: what is right before the pages are given back is right after it.
    private func sorted() -> String {
        ["Vendors", "Jobs", "Items"].sorted().joined(separator: ", ")
    }

    @Test func theProgramGoesOnWithoutThePagesThatItGaveBack() throws {
        #expect(sorted() == "Items, Jobs, Vendors")
        let before = try ofFiles()
        Memory.giveProgramBack()
        let after = try ofFiles()
        #expect(after < before * 3 / 4)
        #expect(sorted() == "Items, Jobs, Vendors")
    }
}
