import Testing

@testable import Pipeline

/// What waits, with a clock of the test's own.
@Suite struct ScheduleTests {
    private func schedule(settle: Duration = .seconds(2)) -> Schedule {
        var schedule = Schedule(settle: settle)
        schedule.recovered()
        schedule.scanned(at: .zero)
        return schedule
    }

    @Test func aProcessThatBeginsRecoversAndScansFirstAndBeatsAtOnce() {
        let schedule = Schedule(settle: .seconds(2))
        #expect(schedule.isAwake(at: .zero))
        #expect(schedule.needsRecovery)
        #expect(schedule.isScanDue(at: .zero))
        #expect(schedule.heartbeats.isDue(at: .zero))
        #expect(schedule.pulls.isDue(at: .zero))
        #expect(!schedule.syncs.isDue(at: .seconds(59)))
        #expect(schedule.syncs.isDue(at: .seconds(60)))
    }

    @Test func whatRecursIsDueAfterItsIntervalFromTheTimeItWasDone() {
        var recurring = Schedule.Recurring(every: .seconds(15), isDueAtOnce: true)
        #expect(recurring.isDue(at: .zero))
        recurring.done(at: .seconds(4))
        #expect(!recurring.isDue(at: .seconds(18.9)))
        #expect(recurring.isDue(at: .seconds(19)))
        #expect(recurring.isDue(at: .seconds(100)), "until it is done")
    }

    // MARK: - Scans

    @Test func theInboxIsLookedThroughWhenSomethingAsksAndOnceAMinute() {
        var schedule = schedule()
        #expect(!schedule.isScanDue(at: .seconds(59)))
        #expect(schedule.isScanDue(at: .seconds(60)))
        schedule.askForScan()
        #expect(schedule.isScanDue(at: .seconds(1)))
        schedule.scanned(at: .seconds(1))
        #expect(!schedule.isScanDue(at: .seconds(60)))
        #expect(schedule.isScanDue(at: .seconds(61)))
    }

    @Test(arguments: [(0.2, 1.0), (5.0, 5.0)])
    func aPolledInboxIsLookedThroughAsOftenAsFilesSettle(settle: Double, interval: Double) {
        var schedule = schedule(settle: .seconds(settle))
        schedule.poll()
        #expect(!schedule.isScanDue(at: .seconds(interval - 0.1)))
        #expect(schedule.isScanDue(at: .seconds(interval)))
    }

    // MARK: - Faults of the machine

    @Test func pausesGrowToHalfAMinuteUntilARecoverySucceeds() {
        var schedule = schedule()
        var now = Duration.zero
        for seconds in [2, 4, 8, 16, 30, 30] {
            schedule.pause(isShort: false, at: now)
            #expect(schedule.needsRecovery)
            #expect(!schedule.isAwake(at: now + .seconds(seconds) - .milliseconds(1)))
            now += .seconds(seconds)
            #expect(schedule.isAwake(at: now))
        }
        #expect(schedule.failures == 6)
        schedule.recovered()
        #expect(schedule.failures == 0)
        #expect(!schedule.needsRecovery)
        #expect(schedule.isScanDue(at: .zero), "What came meanwhile is looked for.")
        schedule.pause(isShort: false, at: now)
        #expect(schedule.isAwake(at: now + .seconds(2)))
    }

    @Test func foldersAreLookedAtEverySecondHoweverOftenTheyWereMissing() {
        var schedule = schedule()
        for second in 0..<10 {
            schedule.pause(isShort: true, at: .seconds(second))
            #expect(!schedule.isAwake(at: .seconds(second) + .milliseconds(999)))
            #expect(schedule.isAwake(at: .seconds(second + 1)))
        }
        // Whatever comes then has lasted long.
        schedule.pause(isShort: false, at: .seconds(10))
        #expect(!schedule.isAwake(at: .seconds(39)))
        #expect(schedule.isAwake(at: .seconds(40)))
    }

    @Test func aYoungProcessWaitsUntilItIsTwoSecondsOld() {
        var schedule = Schedule(settle: .seconds(2))
        #expect(schedule.isYoung(at: .seconds(1.9)))
        #expect(!schedule.isYoung(at: .seconds(2)))
        schedule.waitForAge()
        #expect(!schedule.isAwake(at: .seconds(1.9)))
        #expect(schedule.isAwake(at: .seconds(2)))
        #expect(schedule.needsRecovery, "What was left is still left.")
    }

    // MARK: - What stands in its own way

    /// The times at which it was tried again, when it is looked every tenth of a second.
    private func triesAgain(_ schedule: inout Schedule, holdsTaken: Bool, seconds: Range<Int>) -> [Double] {
        var tries: [Double] = []
        for tenth in seconds.lowerBound * 10..<seconds.upperBound * 10 {
            let now = Duration.milliseconds(tenth * 100)
            schedule.tryAgain(waits: true, holdsTaken: holdsTaken, at: now)
            guard schedule.isScanDue(at: now) else { continue }
            #expect(schedule.needsRecovery == holdsTaken)
            schedule.recovered()
            schedule.scanned(at: now)
            tries.append(Double(tenth) / 10)
        }
        return tries
    }

    @Test(arguments: [false, true]) func itIsTriedSoonAtFirstAndThenOnceAMinute(holdsTaken: Bool) {
        var schedule = schedule()
        schedule.scanned(at: .seconds(10))
        let tries = triesAgain(&schedule, holdsTaken: holdsTaken, seconds: 10..<200)
        #expect(tries == [11, 13, 17, 25, 41, 73, 133, 193])
    }

    @Test func onceNothingWaitsTheNextIsTriedSoonAgain() {
        var schedule = schedule()
        _ = triesAgain(&schedule, holdsTaken: false, seconds: 0..<100)
        schedule.tryAgain(waits: false, holdsTaken: false, at: .seconds(100))
        #expect(!schedule.isScanDue(at: .seconds(100)))
        schedule.scanned(at: .seconds(100))
        let tries = triesAgain(&schedule, holdsTaken: false, seconds: 100..<108)
        #expect(tries == [101, 103, 107])
    }

    @Test func receiptsAreToldAtOnceAndThenTakeAFiftiethOfTheTimeWhileFilesCome() {
        var telling = Schedule.Telling()
        #expect(telling.isDue(at: .zero, isBusy: true))
        telling.done(in: .milliseconds(20), at: .seconds(1))
        #expect(!telling.isDue(at: .seconds(2.9), isBusy: true))
        #expect(telling.isDue(at: .seconds(3), isBusy: true))
        #expect(!telling.isDue(at: .seconds(1.07), isBusy: false))
        #expect(telling.isDue(at: .seconds(1.08), isBusy: false), "a fifth where nothing else is to be done")
        telling.done(in: .seconds(1), at: .seconds(10))
        #expect(!telling.isDue(at: .seconds(59), isBusy: true))
        #expect(telling.isDue(at: .seconds(60), isBusy: true))
    }
}
