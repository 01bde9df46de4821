import Foundation
import Properties

/// `replay CORPUS`: tries every reader with the files of its folder, without making up new ones.
@main struct Replay {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: replay CORPUS")
            exit(2)
        }
        let corpus = URL(fileURLWithPath: CommandLine.arguments[1])
        for target in FuzzTarget.allCases {
            let folder = corpus.appendingPathComponent(target.rawValue)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            for name in names { target.check(Array(try Data(contentsOf: folder.appendingPathComponent(name)))) }
            print("\(target.rawValue): \(names.count) runs")
        }
    }
}
