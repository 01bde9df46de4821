.PHONY: build test format docs demo

build:
	swift build -c release --static-swift-stdlib --product plumbline

test:
	scripts/test

format:
	swift format format --in-place --recursive Sources Tests Fuzz/Sources Fuzz/Package.swift Package.swift

docs:
	swift build --product plumbline
	"$$(swift build --show-bin-path)/plumbline" mappings --page > docs/mappings.md
	RECORD=1 swift test --filter ErrorsPageTests --filter FixtureIndexTests
	scripts/documentation

demo:
	scripts/run
