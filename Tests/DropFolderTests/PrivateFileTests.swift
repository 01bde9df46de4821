import DropFolder
import Foundation
import Testing

@Suite struct PrivateFileTests {
    @Test func onlyItsOwnerMayReadIt() throws {
        let folder = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // What an interrupted writing left, and what stands there, may be readable for all.
        for name in [".key.new", "key"] {
            try "old".write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        try writePrivately(Array("secret".utf8), to: folder + "/key")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/key")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try String(contentsOfFile: folder + "/key", encoding: .utf8) == "secret")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
    }

    @Test func aFolderThatIsNotThere() {
        #expect(throws: (any Error).self) { try writePrivately([1], to: "/nowhere/at/all/key") }
    }
}
