import Domain
import Foundation

/// How long things are kept, which `retention` in `plumbline.yaml` says: each day what is older is taken out.
public struct Retention: Sendable, Equatable {
    /// A length of time in the calendar.
    public enum Keep: Sendable, Equatable {
        case days(Int)
        case months(Int)
        case years(Int)
    }

    /// What is younger than this stays.
    public var keep: Keep
    /// The folder for archives, relative to the root or absolute; nil: what goes is not kept anywhere.
    public var archive: String?

    /// The shortest time that can be asked for: answers and corrections come within it. A limit of ours, in days.
    static let least = 30
    /// The fact on which day it was last looked whether a prune is to begin.
    static let done = "retention done"
    /// The fact on which day one last began.
    static let begun = "retention begun"

    /// The day before which things go.
    /// - Parameter today: at the office, `2026-11-29`.
    /// - Returns: nil where `today` is no day.
    func day(before today: String) -> String? {
        let parts = today.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let (unit, count): (Calendar.Component, Int) =
            switch keep {
            case .days(let count): (.day, count)
            case .months(let count): (.month, count)
            case .years(let count): (.year, count)
            }
        guard let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])),
            let day = calendar.date(byAdding: unit, value: -count, to: date)
        else { return nil }
        return String(WallClock.text(Int64(day.timeIntervalSince1970)).prefix(10))
    }

    /// Where the archive of a day goes: `archive/until-2024-01-01.tar.zst`, or the first such name that is free.
    func archive(of day: String, root: String) -> String? {
        guard let archive else { return nil }
        let folder = URL(fileURLWithPath: archive.hasPrefix("/") ? archive : "\(root)/\(archive)").standardizedFileURL
            .path
        let name = "\(folder)/until-\(day)"
        var path = "\(name).tar.zst"
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(name)~\(number).tar.zst"
            number += 1
        }
        return path
    }
}

extension ConfigurationReader {
    /// `{keep: 2y, archive: archive/}`
    mutating func retention() -> Retention? {
        guard let text = text("retention.keep"), text != "forever" else {
            if self.text("retention.archive") != nil {
                findings.append("retention.archive says where what goes is packed, and retention.keep is missing.")
            }
            return nil
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let archive = self.text("retention.archive")
        guard let count = Int(digits), (1...10_000).contains(count) else { return refuse(text) }
        switch text.dropFirst(digits.count) {
        case "d" where count >= Retention.least: return Retention(keep: .days(count), archive: archive)
        case "mo": return Retention(keep: .months(count), archive: archive)
        case "y": return Retention(keep: .years(count), archive: archive)
        default: return refuse(text)
        }
    }

    private mutating func refuse(_ text: String) -> Retention? {
        findings.append(
            "retention.keep is \"\(text)\"; it is a number with d, mo or y behind it, such as 2y or 18mo, and 30d at the "
                + "least, or forever.")
        return nil
    }
}
