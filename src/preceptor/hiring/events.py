"""What happens between people and the house: offers, applications, engagements, certifications, cases."""
