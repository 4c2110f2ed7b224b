"""What an organisation can choose: every setting declared once; storage, inheritance, forms and documents follow."""
