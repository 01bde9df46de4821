import Domain
import Foundation
import Testing

@testable import DropFolder

@Suite struct OwnerLockTests {
    private func lock(_ root: Scratch) throws -> OwnerLock {
        let lock = try OwnerLock(root: root.folders.root, ledger: root.folders.root + "/plumbline.sqlite")
        try lock.beat()
        return lock
    }

    private func owner(_ root: Scratch, host: String, ageInSeconds: Int) throws {
        let beat = Int(Date().timeIntervalSince1970) - ageInSeconds
        let text = "host=\(host)\nboot=another\npid=4711\nbeat=\(beat)\n"
        try writeAtomically(Array(text.utf8), to: root.folders.root + "/.plumbline-owner")
    }

    @Test func aSecondOwnerIsToldWhoOwnsTheRoot() throws {
        let root = try Scratch()
        let first = try lock(root)
        let error = #expect(throws: OwnerLock.Owned.self) { try lock(root) }
        #expect(error?.description.contains("process \(getpid()) on \(ProcessInfo.processInfo.hostName)") == true)
        first.release()
        try lock(root).release()
    }

    @Test func anotherMachineOwnsTheRootWhileItsHeartIsHeard() throws {
        let root = try Scratch()
        try owner(root, host: "bookkeeping-pc", ageInSeconds: 5)
        let error = #expect(throws: OwnerLock.Owned.self) { try lock(root) }
        #expect(error?.description.contains("process 4711 on bookkeeping-pc") == true)
        try owner(root, host: "bookkeeping-pc", ageInSeconds: 61)
        try lock(root).release()
    }

    @Test func whoSleptWhileAnotherTookTheRootHasLostIt() throws {
        let root = try Scratch()
        let held = try lock(root)
        try owner(root, host: "bookkeeping-pc", ageInSeconds: 5)
        #expect(throws: OwnerLock.Owned.self) { try held.beat() }
        held.release()
        // The other's owner file is not ours to remove.
        #expect(throws: OwnerLock.Owned.self) { try lock(root) }
    }

    /// The kernel holds such a lock for another process as it does for another open file of this one.
    @Test(.enabled(if: access("/usr/bin/flock", X_OK) == 0, "needs flock of util-linux"))
    func anotherProcessHoldsTheLock() throws {
        let root = try Scratch()
        let ledgerLock = root.folders.root + "/plumbline.sqlite.lock"
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = [ledgerLock, "/bin/sh", "-c", "echo held; read end"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        #expect(throws: OwnerLock.Owned.self) { try lock(root) }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        try lock(root).release()
    }

    @Test func aRefusalClosesItsLockFile() throws {
        let root = try Scratch()
        let held = try lock(root)
        for _ in 0..<3 { #expect(throws: OwnerLock.Owned.self) { try lock(root) } }
        let path = root.folders.root + "/plumbline.sqlite.lock"
        let open = try System.names(in: Array("/proc/self/fd".utf8)).filter { name in
            let link = "/proc/self/fd/" + String(decoding: name, as: UTF8.self)
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == path
        }
        #expect(open.count == 1)
        held.release()
    }

    @Test func aRebootOfThisMachineLeavesNoOwner() throws {
        let root = try Scratch()
        try owner(root, host: ProcessInfo.processInfo.hostName, ageInSeconds: 1)
        try lock(root).release()
    }

    @Test func theOwnerFileSaysWhoAndSinceWhen() throws {
        let root = try Scratch()
        let held = try lock(root)
        try held.beat()
        let text = try FileSource(path: root.folders.root + "/.plumbline-owner").text()
        #expect(text.contains("pid=\(getpid())\n"))
        #expect(text.contains("beat="))
        held.release()
        #expect(try System.status(Array((root.folders.root + "/.plumbline-owner").utf8)) == nil)
    }

    @Test func knowsFileSystems() throws {
        #expect(FileSystem.kind(of: "/proc").isPolled == false)
        if OtherMount.exists { #expect(FileSystem.kind(of: OtherMount.path).name == "tmpfs") }
        #expect(FileSystem.kind(of: "/no/such/place").isPolled == false)
    }
}
