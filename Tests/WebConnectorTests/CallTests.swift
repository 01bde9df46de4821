import Testing

@testable import WebConnector

@Suite struct CallTests {
    @Test func thereAreEight() { #expect(Call.allCases.count == 8) }
}
