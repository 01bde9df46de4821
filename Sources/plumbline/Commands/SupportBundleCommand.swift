import ArgumentParser
import Pipeline

/// Packs what whoever keeps Plumbline needs to see, without names and amounts.
struct SupportBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Pack what helps to find a fault into one archive, without names, texts and amounts.",
        discussion: """
            Versions, plumbline.yaml with its values masked, what doctor and health found, counts of the sync ledger and of \
            the folders, the last log lines without names. Reads only, also beside plumbline run; nothing is sent anywhere.

            Exit status: 0 the archive is written, and only this user can read it; 2 it could not run.
            """)

    @OptionGroup var root: RootOption

    @Option(name: .customLong("output"), help: "The folder for the archive; the root, unless it is named.")
    var folder: String?

    func run() throws {
        do {
            let path = try SupportBundle(root: root.root, version: Plumbline.version).write(into: folder)
            print(path)
            print(SupportBundle.contents)
        } catch {
            throw couldNotRun(error)
        }
    }
}
