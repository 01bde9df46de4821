import Domain
import Testing

@testable import Converters

/// What the list of all converters has to be, since everything else goes by it.
@Suite struct RegistryTests {
    @Test(arguments: Entity.allCases)
    func everyEntityHasAConverter(_ entity: Entity) {
        #expect(
            allConverters.contains { $0.entity == entity },
            "\(entity.rawValue) has a converter in AllConverters.swift")
    }

    @Test func namesAreTheirOwn() {
        let names = allConverters.map { $0.name }
        #expect(Set(names).count == names.count)
    }

    @Test func whatAConverterNeedsStandsAboveIt() {
        for (index, converter) in allConverters.enumerated() {
            for need in converter.needs where need != converter.entity {
                #expect(
                    allConverters[..<index].contains { $0.entity == need },
                    "\(converter.name) needs \(need.rawValue), which no converter above it is of")
            }
        }
    }

    @Test func whatIsReadFromProcoreIsRecognised() {
        for converter in allConverters where converter is any ToQuickBooks.Type || converter is any FromDocument.Type {
            #expect(!converter.exports.isEmpty, "\(converter.name) says how its exports are recognised")
        }
    }

    @Test func anExportIsReadAsTheEntityOfItsConverter() {
        for converter in allConverters {
            for export in converter.exports {
                switch export.form {
                case .success(.list(let entity)): #expect(entity == converter.entity)
                case .success(.documents(let form)):
                    #expect(form.entity == converter.entity)
                    #expect((form.json == nil) != (form.csv == nil))
                case .failure(let problem): #expect(!problem.what.isEmpty && !problem.remedy.isEmpty)
                }
            }
        }
    }

    /// One converter a direction: a lookup by entity would find the first and leave out the other.
    @Test(arguments: Entity.allCases)
    func oneConverterReadsAKindOfProcoreRecord(_ entity: Entity) {
        let reading = allConverters.filter { $0.entity == entity }
            .filter { $0 is any ToQuickBooks.Type || $0 is any FromDocument.Type }
        #expect(reading.count <= 1, "\(reading.map { $0.name })")
    }

    @Test func lookupsFindTheConverterOfTheEntity() throws {
        #expect(listConverter(of: .projects) is ProjectToJob.Type)
        #expect(listConverter(of: .budgets) == nil)
        #expect(transactionConverter(of: .requisitions) is RequisitionToBill.Type)
        #expect(transactionConverter(of: .wbsCodes) == nil)
        #expect(try documentConverter(of: .wbsCodes) is WBSCodeToItem.Type)
        #expect(throws: NoConverter.self) { try documentConverter(of: .vendors) }
        #expect(tiedKind(of: .vendors) == .vendor)
        #expect(tiedKind(of: .commitments) == .purchaseOrder)
        #expect(tiedKind(of: .commitmentChangeOrders) == nil, "its lines stand in the commitment's order")
        #expect(tiedKind(of: .directCosts) == nil)
        #expect(procoreConverter(of: .customer) is JobToProject.Type)
        #expect(procoreConverter(of: .bill) == nil)
    }

    @Test func kindsWhoseLinesComeByThemselvesAreThoseThatSaySo() {
        #expect(Registry.havingLines == [.budgets, .commitments, .commitmentChangeOrders, .requisitions])
    }
}
