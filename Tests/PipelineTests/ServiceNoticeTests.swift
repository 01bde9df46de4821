import Pipeline
import Testing

/// What systemd is told of the daemon, with times that are handed in.
@Suite struct ServiceNoticeTests {
    private let well = DaemonState(roots: 2, isWatching: true)

    @Test func nothingIsToldBeforeAllIsWatched() {
        var notice = ServiceNotice(watchdog: .seconds(8))
        #expect(notice.message(after: DaemonState(roots: 2, isWatching: false), at: .zero) == nil)
        #expect(notice.message(after: well, at: .seconds(1)) == "READY=1\nWATCHDOG=1\nSTATUS=Watching 2 roots.")
        #expect(notice.message(after: well, at: .seconds(2)) == nil)
    }

    @Test func signsOfLifeComeEachQuarterOfTheTimeAndOnlyAfterAPass() {
        var notice = ServiceNotice(watchdog: .seconds(8))
        _ = notice.message(after: well, at: .zero)
        #expect(notice.message(after: well, at: .milliseconds(1_999)) == nil)
        #expect(notice.message(after: well, at: .seconds(2)) == "WATCHDOG=1")
        #expect(notice.message(after: well, at: .milliseconds(3_999)) == nil)
        // A pass that took long is told once, not for all that was left out.
        #expect(notice.message(after: well, at: .seconds(60)) == "WATCHDOG=1")
        #expect(notice.message(after: well, at: .seconds(61)) == nil)
    }

    @Test func aLongTimeIsNotWaitedFor() {
        var notice = ServiceNotice(watchdog: .seconds(1_800))
        _ = notice.message(after: well, at: .zero)
        #expect(notice.message(after: well, at: .seconds(10)) == "WATCHDOG=1")
    }

    @Test func whoDoesNotWatchIsToldNoSignsOfLife() {
        var notice = ServiceNotice(watchdog: nil)
        #expect(notice.message(after: well, at: .zero) == "READY=1\nSTATUS=Watching 2 roots.")
        #expect(notice.message(after: well, at: .seconds(100)) == nil)
    }

    @Test func aConfigurationThatIsReadAgainIsToldBeforeAndAfter() {
        var notice = ServiceNotice(watchdog: nil)
        let reloading = DaemonState(roots: 2, isWatching: true, isReloading: true)
        #expect(notice.message(after: reloading, at: .zero) == nil, "it is not ready yet")
        _ = notice.message(after: well, at: .seconds(1))
        #expect(notice.message(after: reloading, at: .seconds(2)) == "RELOADING=1")
        #expect(notice.message(after: reloading, at: .seconds(3)) == nil)
        #expect(notice.message(after: well, at: .seconds(4)) == "READY=1")
        #expect(notice.message(after: well, at: .seconds(5)) == nil)
    }

    @Test func troubleIsInTheStatusInOneLineAsLongAsItLasts() {
        var notice = ServiceNotice(watchdog: nil)
        _ = notice.message(after: well, at: .zero)
        var ill = well
        ill.troubles = ["/srv/a: The disk is full.\nREADY=0"]
        #expect(
            notice.message(after: ill, at: .seconds(1))
                == "STATUS=Watching 2 roots. /srv/a: The disk is full. READY=0")
        #expect(notice.message(after: ill, at: .seconds(2)) == nil)
        // Watches that are set anew take nothing back.
        #expect(
            notice.message(after: DaemonState(roots: 2, isWatching: true), at: .seconds(3))
                == "STATUS=Watching 2 roots.")
    }
}
