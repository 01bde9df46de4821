import Domain
import QBXML
import Testing

@testable import Converters

@Suite struct RuleTests {
    private let settings = Settings(companyID: "8089")

    private func apply(_ rule: Rule, _ text: String, _ settings: Settings? = nil) throws -> String? {
        try rule.apply(text, field: "name", target: "Name", settings: settings ?? self.settings).0
    }

    @Test func aNameKeepsItsCharactersAndLosesItsOuterSpace() throws {
        #expect(try apply(.name(41), "  Peña   &  Sons ") == "Peña & Sons")
    }

    @Test(arguments: [41, 42]) func lengthsCountCharactersNotBytes(_ count: Int) throws {
        let name = String(repeating: "é", count: count)
        if count == 41 {
            #expect(try apply(.name(41), name) == name)
        } else {
            #expect(throws: Problem.self) { try apply(.name(41), name) }
        }
    }

    @Test func aShortFormDependsOnTheWholeNameAndNeverGrows() throws {
        var settings = settings
        settings.lists.shortForms = true
        let one = try #require(
            try apply(.name(41), "Greater Metropolitan Electrical Contractors & Engineers", settings))
        let two = try #require(try apply(.name(41), "Greater Metropolitan Electrical Contractors & Painters", settings))
        #expect(one.unicodeScalars.count == 41)
        #expect(one != two)
        #expect(one.hasPrefix("Greater Metropolitan Electrical Cont"))
        #expect(try apply(.name(41), "Greater Metropolitan Electrical Contractors & Engineers", settings) == one)
        #expect(try apply(.name(41), "Short", settings) == "Short")
    }

    @Test func anAddressWrapsAtSpacesAndNeverInsideAWord() throws {
        let street = "1234 Northwest Old Columbia River Highway Building 7"
        #expect(try apply(.addressLine(1, of: 2), street) == "1234 Northwest Old Columbia River Highway")
        #expect(try apply(.addressLine(2, of: 2), street) == "Building 7")
        #expect(throws: Problem.self) { try apply(.addressLine(1, of: 2), String(repeating: "x", count: 42)) }
    }

    @Test func theLongestPrefixChoosesTheAccount() {
        var settings = settings
        settings.accounts.items.expense = "Job Expenses"
        settings.accounts.exceptions = [
            "03": .init(expense: "Concrete"), "03-3": .init(expense: "Cast"), "05": .init(income: "Steel"),
        ]
        #expect(settings.account(\.expense, for: "03-300") == "Cast")
        #expect(settings.account(\.expense, for: "03-100") == "Concrete")
        #expect(settings.account(\.expense, for: "05-100") == "Job Expenses")
        #expect(settings.account(\.income, for: "05-100") == "Steel")
    }

    @Test func changesAreWhatMayChangeAndDiffers() {
        let confirmed = Content([
            .init("Name", "A"), .init("VendorAddress/City", "X"), .init("Phone", "1"), .init("Fax", "2"),
        ])
        let wanted = Content([.init("Name", "A"), .init("VendorAddress/City", "Y"), .init("Phone", "3")])
        #expect(
            CompanyToVendor.changes(from: confirmed, to: wanted, settings: settings)
                == Content([.init("Phone", "3"), .init("Fax", "")]))
        var settings = settings
        settings.lists.updateAddresses = true
        #expect(
            CompanyToVendor.changes(from: confirmed, to: wanted, settings: settings)
                == Content([.init("VendorAddress/City", "Y"), .init("Phone", "3"), .init("Fax", "")]))
        #expect(CompanyToVendor.changes(from: wanted, to: wanted, settings: settings) == Content())
    }
}
