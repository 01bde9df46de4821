import Testing

@testable import DropFolder
@testable import Pipeline

/// Documents that are sent to the disk ahead: a sync that fails there is told to nobody else.
@Suite struct FlushAheadTests {
    private struct Refused: Error {}

    @Test func aSyncThatFailsIsToldToWhoeverWaitsAndToWhoeverGivesMore() throws {
        var flushing = FlushAhead(together: 10)
        try flushing.add(9) { DurableSoon { throw Refused() } }
        try flushing.wait()
        #expect(flushing.count == 0)
        try flushing.add(1) { DurableSoon { throw Refused() } }
        #expect(flushing.count == 1)
        #expect(throws: Refused.self) { try flushing.wait() }
        #expect(throws: Refused.self) { try flushing.add(10) { DurableSoon {} } }
        #expect(throws: Refused.self) { try flushing.wait() }
    }
}
