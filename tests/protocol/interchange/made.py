"""Two policies of nobody, as XML SPIF: a mission's, and a nation's beside it. Changes are made by replacing a piece."""

from __future__ import annotations

MISSION = """<?xml version="1.0" encoding="UTF-8"?>
<spif:SPIF xmlns:spif="http://www.xmlspif.org/spif" schemaVersion="2.1" version="7">
 <spif:securityPolicyId name="MISSION" id="2.25.1"/>
 <spif:securityClassifications>
  <spif:securityClassification name="SECRET" lacv="4" hierarchy="30" color="#A3172C">
   <spif:markingData phrase="S"><spif:code>portionMarking</spif:code></spif:markingData>
   <spif:markingData phrase="GEHEIMNIS" xml:lang="de"><spif:code>pageTop</spif:code></spif:markingData>
  </spif:securityClassification>
  <spif:securityClassification name="OPEN" lacv="1" hierarchy="10" color="green"/>
  <spif:securityClassification name="SEALED" lacv="9" hierarchy="40"/>
  <spif:securityClassification name="CLOSED" lacv="2" hierarchy="20" color="white" obsolete="true"/>
 </spif:securityClassifications>
 <spif:securityCategoryTagSets>
  <spif:securityCategoryTagSet name="Releasable To" id="2.25.1.1">
   <spif:securityCategoryTag name="Releasable To" tagType="enumerated" enumType="permissive">
    <spif:tagCategory name="XAA" lacv="1"/>
    <spif:tagCategory name="XBB" lacv="2"/>
    <spif:tagCategory name="OWNER" lacv="3"><spif:markingData><spif:code>noNameDisplay</spif:code></spif:markingData></spif:tagCategory>
    <spif:markingQualifier>
     <spif:qualifier markingQualifier="REL " qualifierCode="prefix"/>
     <spif:qualifier markingQualifier=", " qualifierCode="separator"/>
    </spif:markingQualifier>
   </spif:securityCategoryTag>
  </spif:securityCategoryTagSet>
  <spif:securityCategoryTagSet name="Community" id="2.25.1.2">
   <spif:securityCategoryTag name="Community" tagType="restrictive" singleSelection="true">
    <spif:tagCategory name="CONVOY" lacv="1"><spif:excludedClass>OPEN</spif:excludedClass></spif:tagCategory>
    <spif:tagCategory name="EXCON" lacv="2"/>
    <spif:tagCategory name="GONE" lacv="3" obsolete="true"/>
   </spif:securityCategoryTag>
  </spif:securityCategoryTagSet>
  <spif:securityCategoryTagSet name="Administrative" id="2.25.1.3">
   <spif:securityCategoryTag tagType="tagType7">
    <spif:tagCategory name="STAFF" lacv="1"><spif:requiredClass>OPEN</spif:requiredClass></spif:tagCategory>
   </spif:securityCategoryTag>
  </spif:securityCategoryTagSet>
 </spif:securityCategoryTagSets>
</spif:SPIF>
"""

NATION = """<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.0">
 <securityPolicyId name="ALDANIA" id="2.25.2"/>
 <equivalentPolicies>
  <equivalentPolicy name="THE MISSION" id="2.25.1">
   <requiredCategory operation="all"><categoryGroup tagSetRef="Administrative" tagType="tagType7" lacv="1"/></requiredCategory>
  </equivalentPolicy>
 </equivalentPolicies>
 <securityClassifications>
  <securityClassification name="OFFEN" lacv="0" hierarchy="0">
   <equivalentClassification policyRef="THE MISSION" lacv="1" applied="both"/>
  </securityClassification>
  <securityClassification name="GEHEIM" lacv="1" hierarchy="1">
   <equivalentClassification policyRef="THE MISSION" lacv="4" applied="decrypt"/>
   <equivalentClassification policyRef="THE MISSION" lacv="9" applied="encrypt"/>
  </securityClassification>
  <securityClassification name="STRENG GEHEIM" lacv="2" hierarchy="2"/>
 </securityClassifications>
 <securityCategoryTagSets>
  <securityCategoryTagSet name="Kreis" id="2.25.2.1">
   <securityCategoryTag tagType="restrictive">
    <tagCategory name="KOLONNE" lacv="0">
     <equivalentSecCategoryTag policyRef="THE MISSION" tagSetId="2.25.1.2" tagType="restrictive" lacv="1" applied="both"/>
     <requiredCategory operation="onlyOne"><categoryGroup tagSetRef="Kreis" tagType="restrictive"/></requiredCategory>
    </tagCategory>
    <tagCategory name="INTERN" lacv="1"/>
   </securityCategoryTag>
  </securityCategoryTagSet>
  <securityCategoryTagSet name="Vermerk" id="2.25.2.2">
   <securityCategoryTag tagType="tagType7">
    <tagCategory name="EILT" lacv="0"/>
    <tagCategory name="NEU" lacv="1">
     <equivalentSecCategoryTag policyRef="THE MISSION" tagSetId="2.25.1.3" tagType="tagType7" lacv="" applied="encrypt" action="discard"/>
     <excludedCategory tagSetRef="Vermerk" tagType="tagType7" lacv="0"/>
    </tagCategory>
   </securityCategoryTag>
  </securityCategoryTagSet>
 </securityCategoryTagSets>
</SPIF>
"""

LABEL = """<slab:originatorConfidentialityLabel xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
  ReviewDateTime="2031-09-26T00:00:00Z">
 <slab:ConfidentialityInformation>
  <slab:PolicyIdentifier URI="urn:oid:2.25.1">Mission</slab:PolicyIdentifier>
  <slab:Classification>secret</slab:Classification>
  <slab:PrivacyMark>ask first</slab:PrivacyMark>
  <slab:Category Type="RESTRICTIVE" TagName="community"><slab:GenericValue>Convoy</slab:GenericValue></slab:Category>
  <slab:Category Type="PERMISSIVE" TagName="Releasable To" URI="urn:oid:2.25.1.1">
   <slab:GenericValue>XBB</slab:GenericValue><slab:GenericValue>XAA</slab:GenericValue></slab:Category>
 </slab:ConfidentialityInformation>
 <slab:OriginatorID IDType="jID">berg@xaa.example</slab:OriginatorID>
 <slab:CreationDateTime>2026-09-26T14:00:00+02:00</slab:CreationDateTime>
 <slab:SuccessionHandling>
  <slab:SuccessionDateTime>2030-01-01T00:00:00Z</slab:SuccessionDateTime>
  <slab:SuccessorConfidentialityLabel>
   <slab:ConfidentialityInformation>
    <slab:PolicyIdentifier>MISSION</slab:PolicyIdentifier><slab:Classification>OPEN</slab:Classification>
   </slab:ConfidentialityInformation>
   <slab:CreationDateTime>2026-09-26T12:00:00Z</slab:CreationDateTime>
  </slab:SuccessorConfidentialityLabel>
 </slab:SuccessionHandling>
</slab:originatorConfidentialityLabel>
"""


def changed(document: str, *pairs: tuple[str, str]) -> bytes:
    """The document with pieces replaced, each of which is there."""
    for old, new in pairs:
        assert old in document, old
        document = document.replace(old, new, 1)
    return document.encode()
