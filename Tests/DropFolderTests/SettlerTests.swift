import Testing

@testable import DropFolder

@Suite struct SettlerTests {
    private let file = RelativePath("procore/vendors.json")

    private func probe(_ size: Int, writer: Writer = .none, changed: Int64 = 1, modified: Int64 = 1) -> Probe {
        Probe(size: size, changed: changed, modified: modified, writer: writer)
    }

    @Test(arguments: [(Writer.none, true), (.unknown, true), (.present, false)])
    func aClosedFileIsCompleteUnlessSomebodyWrites(writer: Writer, isComplete: Bool) {
        var settler = Settler(settle: .seconds(2))
        settler.arrived(file, at: .zero)
        let decisions = settler.decide(at: .zero) { _ in probe(5, writer: writer) }
        #expect(decisions == (isComplete ? [.complete(file)] : []))
        #expect(settler.waiting == (isComplete ? 0 : 1))
    }

    @Test func aFoundFileIsCompleteWhenNobodyWrites() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .zero) { _ in probe(5, writer: .present) } == [])
        #expect(settler.decide(at: .seconds(60)) { _ in probe(5, writer: .present) } == [])
        #expect(settler.decide(at: .seconds(61)) { _ in probe(5) } == [.complete(file)])
    }

    @Test func whereTheWriterIsUnknownAFoundFileMustStayUnchanged() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .zero) { _ in probe(5, writer: .unknown) } == [])
        #expect(settler.decide(at: .seconds(1)) { _ in probe(9, writer: .unknown) } == [])
        #expect(settler.decide(at: .milliseconds(2_900)) { _ in probe(9, writer: .unknown) } == [])
        #expect(settler.decide(at: .seconds(3)) { _ in probe(9, writer: .unknown) } == [.complete(file)])
    }

    @Test(arguments: [(2, 1), (1, 2), (2, 2)] as [(Int64, Int64)])
    func aChangeOfTimeAloneStartsTheWaitAnew(changed: Int64, modified: Int64) {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        _ = settler.decide(at: .zero) { _ in probe(5, writer: .unknown) }
        let again = probe(5, writer: .unknown, changed: changed, modified: modified)
        #expect(settler.decide(at: .seconds(2)) { _ in again } == [])
        #expect(settler.decide(at: .seconds(4)) { _ in again } == [.complete(file)])
    }

    @Test func anOldTimeIsNoReasonToLeaveAFile() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        _ = settler.decide(at: .zero) { _ in probe(5, writer: .unknown, changed: 1, modified: 0) }
        #expect(
            settler.decide(at: .seconds(2)) { _ in probe(5, writer: .unknown, changed: 1, modified: 0) }
                == [.complete(file)])
    }

    @Test func aFileWithASecondNameIsNotTaken() {
        var settler = Settler(settle: .seconds(2))
        let linked = Probe(size: 5, changed: 1, modified: 1, writer: .none, hasSecondName: true)
        settler.arrived(file, at: .zero)
        #expect(settler.decide(at: .zero) { _ in linked } == [], "a link may be made and the first name removed")
        #expect(settler.decide(at: .seconds(1)) { _ in probe(5, changed: 2) } == [.complete(file)])
        settler.arrived(file, at: .seconds(10))
        #expect(settler.decide(at: .seconds(10)) { _ in linked } == [])
        #expect(settler.decide(at: .seconds(12)) { _ in linked } == [.secondName(file)])
        #expect(settler.waiting == 0)
    }

    @Test func anEmptyFileWaitsAMinuteForItsContent() {
        var settler = Settler(settle: .seconds(2))
        settler.arrived(file, at: .zero)
        #expect(settler.decide(at: .seconds(59)) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(60)) { _ in probe(0) } == [.emptyTooLong(file)])
        #expect(settler.waiting == 0)
    }

    @Test func anEmptyFileThatIsFilledIsComplete() {
        var settler = Settler(settle: .seconds(2))
        settler.arrived(file, at: .zero)
        #expect(settler.decide(at: .seconds(30)) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(50)) { _ in probe(7, writer: .present) } == [])
        settler.arrived(file, at: .seconds(51))
        #expect(settler.decide(at: .seconds(51)) { _ in probe(7) } == [.complete(file)])
    }

    @Test func aFileThatIsEmptiedToBeWrittenAnewHasItsMinuteFromThen() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .seconds(300)) { _ in probe(5, writer: .present) } == [])
        #expect(settler.decide(at: .seconds(301)) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(360)) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(361)) { _ in probe(0) } == [.emptyTooLong(file)])
    }

    @Test func whatVanishedAndCameAgainStartsAnew() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .zero) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(59)) { _ in nil } == [])
        settler.found(file, at: .seconds(60))
        #expect(settler.decide(at: .seconds(119)) { _ in probe(0) } == [])
        #expect(settler.decide(at: .seconds(120)) { _ in probe(0) } == [.emptyTooLong(file)])
    }

    @Test func anEmptyFileThatIsHeldOpenIsNotGivenUp() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .seconds(120)) { _ in probe(0, writer: .present) } == [])
        #expect(settler.decide(at: .seconds(121)) { _ in probe(0) } == [.emptyTooLong(file)])
    }

    @Test func whatVanishedIsForgotten() {
        var settler = Settler(settle: .seconds(2))
        settler.found(file, at: .zero)
        #expect(settler.decide(at: .zero) { _ in nil } == [])
        #expect(settler.waiting == 0)
    }

    @Test func decidesInTheOrderOfTheBytesAndInBatches() {
        var settler = Settler(settle: .seconds(2))
        for name in ["b", "d", "a", "c", "e"] { settler.found(RelativePath(name), at: .zero) }
        let held = { (path: RelativePath) in self.probe(1, writer: path == RelativePath("b") ? .present : .none) }
        for pair in [["a", "c"], ["d", "e"]] {
            #expect(settler.decide(at: .zero, limit: 2, held) == pair.map { .complete(RelativePath($0)) })
        }
        #expect(settler.waiting == 1)
        settler.found(RelativePath("aa"), at: .zero)
        #expect(
            settler.decide(at: .zero) { _ in self.probe(1) }
                == [.complete(RelativePath("aa")), .complete(RelativePath("b"))])
    }
}
