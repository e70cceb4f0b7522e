// The check of what is written here. It stands in core/, because SBOMs that are read are checked by the same rules.

export { validateCycloneDx, validateSpdx } from "../core/bom-validation.ts";
