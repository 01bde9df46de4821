import Domain
import Foundation
import Seeds
import Testing

/// Every day of the years in which books are kept.
@Suite struct DatePropertyTests {
    private static let zones = [
        "GMT", "America/Denver", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo",
    ]

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    /// The length of a month, by Foundation's calendar.
    private static func days(_ year: Int, _ month: Int) throws -> Int {
        let first = try #require(calendar.date(from: DateComponents(year: year, month: month, day: 1)))
        return try #require(calendar.range(of: .day, in: .month, for: first)).count
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    @Test func everyDayIsReadAndEveryOtherRefused() throws {
        for year in 1990...2060 {
            for month in 0...13 {
                let days = (1...12).contains(month) ? try Self.days(year, month) : 0
                for day in 0...32 {
                    let text = "\(year)-\(Self.two(month))-\(Self.two(day))"
                    let date = CalendarDate(text)
                    #expect(Self.isDay(text) == (date != nil))
                    #expect(date?.description == ((1...max(1, days)).contains(day) && days > 0 ? text : nil))
                }
            }
        }
    }

    private static func isDay(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { CalendarDate.isDay($0) }
    }

    @Test(arguments: Seeded.seeds) func bytesAreADayWhereTheirTextIs(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<2_000 {
            var text = Array(try Self.day(&random).utf8)
            if random.oneIn(2) { text[random.int(0...9)] = UInt8(random.int(0x20...0x7e)) }
            let written = String(decoding: text, as: UTF8.self)
            #expect(Self.isDay(written) == (CalendarDate(written) != nil), "\(written)")
            #expect(!Self.isDay(written + "T16:05:11Z") && !Self.isDay(String(written.dropLast())))
        }
    }

    /// The day is the one that is written, whatever the offset behind it.
    @Test(arguments: Seeded.seeds) func anOffsetNeverMovesTheDay(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_000 {
            let day = try Self.day(&random)
            let time = "\(Self.two(random.int(0...23))):\(Self.two(random.int(0...59))):\(Self.two(random.int(0...59)))"
            let offset = random.oneIn(3) ? "Z" : "\(random.oneIn(2) ? "-" : "+")\(Self.two(random.int(0...14))):30"
            #expect(CalendarDate("\(day)T\(time)\(offset)")?.description == day)
            #expect(CalendarDate("\(day)T\(time)") == nil)
        }
    }

    @Test(arguments: Seeded.seeds) func momentsAreThoseOfFoundation(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_000 {
            let day = try Self.day(&random)
            let (hour, minute, second) = (random.int(0...23), random.int(0...59), random.int(0...59))
            let (hours, minutes, isBehind) = (random.int(0...14), random.int(0...59), random.oneIn(2))
            let text =
                "\(day)T\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))"
                + "\(isBehind ? "-" : "+")\(Self.two(hours)):\(Self.two(minutes))"
            let start = try #require(CalendarDate(day)).midnight(in: .gmt)
            let offset = (hours * 3_600 + minutes * 60) * (isBehind ? -1 : 1)
            let seconds = Int(start) + hour * 3_600 + minute * 60 + second - offset
            #expect(Timestamp(text)?.microseconds == Int64(seconds) * 1_000_000, "\(text)")
        }
    }

    /// Where a day begins with clocks put forward, it begins an hour later, and is the same day.
    @Test(arguments: zones) func aDayBeginsOnThatDay(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var before: Int64?
        for year in 1990...2060 {
            for month in 1...12 {
                for day in 1...(try Self.days(year, month)) {
                    let date = try #require(CalendarDate("\(year)-\(Self.two(month))-\(Self.two(day))"))
                    let start = date.midnight(in: zone)
                    let moment = Date(timeIntervalSince1970: TimeInterval(start))
                    let parts = calendar.dateComponents([.year, .month, .day], from: moment)
                    #expect(parts == DateComponents(year: year, month: month, day: day), "\(date) in \(name)")
                    if let before { #expect((79_200...93_600).contains(start - before), "\(date) in \(name)") }
                    before = start
                }
            }
        }
    }

    private static func day(_ random: inout Seeded) throws -> String {
        let (year, month) = (random.int(1990...2060), random.int(1...12))
        return "\(year)-\(two(month))-\(two(random.int(1...(try days(year, month)))))"
    }
}
