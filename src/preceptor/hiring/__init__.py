"""Offers, applications, engagements, certifications and due process. The words the doors speak stand here."""
