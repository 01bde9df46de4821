import Domain
import Testing

@testable import Pipeline

/// What `plumbline.yaml` says about tax on imported costs.
@Suite struct TaxSettingsTests {
    @Test func taxIsRecoverableUnlessTheConfigurationSaysOtherwise() throws {
        let usual = try Configuration(yaml: "company_id: 8089\n").settings
        #expect(usual.tax.purchaseTax == .recoverable)
        #expect(usual.tax.rates.isEmpty)
        let other = try Configuration(yaml: "company_id: 8089\npurchase_tax: cost\n").settings
        #expect(other.tax.purchaseTax == .cost)
    }

    @Test func ratesAreDecimalTextAndFoundInUpperAndLowerCase() throws {
        let yaml = "company_id: 8089\ntax_rates: {H: 13, \"Q+\": 14.975, e: 0}\n"
        let settings = try Configuration(yaml: yaml).settings
        #expect(settings.taxRate(ofCode: "h") == Amount("13"))
        #expect(settings.taxRate(ofCode: "Q+") == Amount("14.975"))
        #expect(settings.taxRate(ofCode: "E") == .zero)
        #expect(settings.taxRate(ofCode: "G") == nil)
    }

    @Test(arguments: [
        ("tax_rates: {H: 13%}", "tax_rates.H is \"13%\"; it is a rate in percent, such as 13 or 14.975."),
        ("tax_rates: {H: -13}", "tax_rates.H is \"-13\"; it is a rate in percent, such as 13 or 14.975."),
        ("tax_rates: {H: 113}", "tax_rates.H is \"113\"; it is a rate in percent, such as 13 or 14.975."),
        ("purchase_tax: yes", "purchase_tax is \"yes\"; it can be recoverable or cost."),
        ("purchase_taxes: cost", "There is no key purchase_taxes; did you mean purchase_tax?"),
        ("tax_rate: {H: 13}", "There is no key tax_rate; did you mean tax_rates?"),
    ])
    func whatCannotBeReadIsSaid(_ line: String, _ finding: String) {
        #expect {
            try Configuration(yaml: "company_id: 8089\n\(line)\n")
        } throws: { error in
            (error as? ConfigurationError)?.findings == [finding]
        }
    }

    @Test func theTemplateNamesBothKeys() {
        let template = Configuration.template(companyID: "8089")
        #expect(template.contains("# purchase_tax: recoverable"))
        #expect(template.contains("# tax_rates: {H: 13, G: 5, E: 0}"))
    }
}
